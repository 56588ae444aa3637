/** Somebody has logged in on the hosted pages: from there to the gateway's callback, or to the second factor first. */
import type { Statement } from '../../db/batch.ts'
import { insertOneTimeSecret } from '../../db/one-time.ts'
import type { Principal } from '../../db/principals.ts'
import { establishSecondFactor } from '../../db/second-factors.ts'
import type { Deps } from '../../deps.ts'
import { sendFactor } from '../account/second-factor.ts'
import { maySendCode } from '../credentials/otp.ts'
import { factorOf, isFactorDue, mayEnrolHosted } from '../credentials/second-factor.ts'
import { randomToken, sha256 } from '../crypto.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { personRefusal } from '../sessions/admission.ts'
import { IMID_LIFETIME_SECONDS, signIdentityToken } from './identity-token.ts'
import { type LoginFlow, noteInFlow, spendFlow } from './login-flow.ts'

export const IMID_TOKEN = 'imid_token'
/** Where the gateway takes the token. */
export const CALLBACK_PATH = '/imsg-service/v1/callback'

export interface Arrival {
  principal: Principal
  method: string
  /** Those of the identity provider; null for the name of the role. */
  groups: string[] | null
  secondFactorProved?: boolean
  /** What was proved stands for both factors. */
  suffices?: boolean
  /** The session that it will open, where that has a name already. */
  sessionId?: string | null
}

export interface Proof {
  spend?: { statement: Statement; orElse: ErrorCode }
  settle: Statement[]
}

/**
 * Where the browser goes next: a page of the second factor, or the callback with the token. Throws `login_ended`,
 * `second_factor_due` (there is none that this login could add), or why the person may not be there.
 */
export async function arrive(deps: Deps, flow: LoginFlow, arrival: Arrival, proof: Proof): Promise<string> {
  const { principal, method, sessionId = null } = arrival
  const refusal = personRefusal(principal)
  if (refusal) throw new AppError(refusal)
  if (!arrival.secondFactorProved && !arrival.suffices && isFactorDue(principal)) {
    await spendProof(deps, proof)
    const step = await nextStep(deps, arrival)
    const waiting = { userId: principal.user.id, method, groups: arrival.groups, sessionId, proved: null }
    await noteInFlow(deps, flow, { waiting, enrolling: null })
    return `/login/${step}?flow=${flow.id}`
  }
  const jti = randomToken(16)
  const groups = arrival.groups ?? (principal.role ? [principal.role.name] : [])
  const row = {
    kind: IMID_TOKEN,
    hash: await sha256(jti),
    userId: principal.user.id,
    tenantId: flow.tenant.id,
    data: { method, sessionId },
    expiresAt: new Date(deps.now().getTime() + IMID_LIFETIME_SECONDS * 1000),
  }
  const proved = arrival.secondFactorProved ? [establishSecondFactor(deps.db, principal.user.id, deps.now())] : []
  const { spend } = proof
  const [taken, , first] = await deps.db.batch([
    spendFlow(deps, flow),
    insertOneTimeSecret(deps.db, row),
    ...(spend ? [spend.statement] : []),
    ...proved,
    ...proof.settle,
  ])
  if (taken.length === 0) throw new AppError('login_ended')
  if (spend && (first as unknown[]).length === 0) throw new AppError(spend.orElse)
  const token = await signIdentityToken(deps, { principal, jti, txn: flow.browser, groups })
  return `${CALLBACK_PATH}?${new URLSearchParams({ imid_token: token, serviceCallback: flow.callback })}`
}

/**
 * Where the second factor is asked for, or made. A code by mail or from the app never counts twice: after it as the first
 * factor there is only an app that is new.
 */
async function nextStep(deps: Deps, { principal, method }: Arrival): Promise<'factor' | 'enrol'> {
  const factor = factorOf(deps, principal)
  if (method !== 'otp' && factor !== 'none') {
    if (factor === 'delivered' && (await maySendCode(deps, principal.user.usernameKey)))
      await sendFactor(deps, principal)
    return 'factor'
  }
  if (factor !== 'authenticator' && mayEnrolHosted(deps, principal, { method, factorDue: true })) return 'enrol'
  throw new AppError('second_factor_due')
}

/** For a step that does not end the login yet. */
export async function spendProof(deps: Deps, { spend, settle }: Proof): Promise<void> {
  const [first, ...rest] = [...(spend ? [spend.statement] : []), ...settle]
  if (!first) return
  const [spent] = await deps.db.batch([first, ...rest])
  if (spend && (spent as unknown[]).length === 0) throw new AppError(spend.orElse)
}
