/** The only way in: whoever has proved who they are, by whatever means, ends here with a code or with tokens. */
import type { Statement } from '../../db/batch.ts'
import type { Deps } from '../../deps.ts'
import { makeOtpSlot } from '../credentials/otp.ts'
import { isFactorDue } from '../credentials/second-factor.ts'
import { newId } from '../crypto.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { mayUse, personRefusal, refusalOf } from './admission.ts'
import { AUTH_CODE, type Grant, makeAuthCode } from './auth-codes.ts'
import { openingStatements, tokensOfOpenedSession } from './opening.ts'
import type { TokenPair } from './token-pair.ts'

export interface Login extends Omit<Grant, 'factorDue'> {
  /** The second factor was proved too. */
  secondFactorProved?: boolean
  /** What was proved may not stand alone, even where no second factor is required. */
  tooWeakAlone?: boolean
}

interface Proof {
  /** Spends what proved the person; it answers a row to the one use that wins. */
  spend?: { statement: Statement; orElse: ErrorCode }
  /** What else the proof leaves to be done, in the same batch. */
  settle: Statement[]
}

/**
 * A code for the client to exchange. Where a second factor is due the code cannot be exchanged yet, and the login waits
 * for it; a one-time code goes out at once. A user without a membership gets a code too, which the exchange then refuses.
 * Throws `no_clients`, `client_not_allowed`, or why the person may not be there.
 */
export async function grantCode(deps: Deps, login: Login, { spend, settle }: Proof): Promise<string> {
  refuseAtLogin(login)
  const factorDue = !login.secondFactorProved && (login.tooWeakAlone || isFactorDue(login.principal))
  const made = await makeAuthCode(deps, { ...login, factorDue })
  const waiting = factorDue && canWait(login) ? await waitForFactor(deps, login, made) : undefined
  const held = waiting ? [waiting.statement] : []
  const [spent] = await deps.db.batch([
    spend?.statement ?? made.statement,
    ...(spend ? [made.statement] : []),
    ...held,
    ...settle,
  ])
  if (spend && (spent as unknown[]).length === 0) throw new AppError(spend.orElse)
  waiting?.send()
  return made.code
}

/** Tokens at once: a code that is consumed as it is made. Throws `second_factor_due` where one factor is not enough. */
export async function grantTokens(deps: Deps, login: Login, { settle }: Pick<Proof, 'settle'>): Promise<TokenPair> {
  const { client, principal } = login
  if (!principal.membership) throw new AppError('login_inactive')
  if (!mayUse(principal, client)) throw new AppError('client_refused')
  const refusal = refusalOf(principal, client)
  if (refusal) throw new AppError(refusal)
  if (!login.secondFactorProved && isFactorDue(principal)) throw new AppError('second_factor_due')
  const useId = newId()
  const made = await makeAuthCode(deps, login, useId)
  const use = { kind: AUTH_CODE, hash: made.hash, useId, now: deps.now() }
  const { activityId, issuedAt, statements } = await openingStatements(deps, use)
  const [, , , , principals] = await deps.db.batch([made.statement, ...statements, ...settle])
  return tokensOfOpenedSession(deps, { activityId, issuedAt, client, data: made.data, principal: principals[0] })
}

/** A code by mail or from the app never counts twice: after it as the first factor nothing waits for another. */
const canWait = ({ method }: Login) => method !== 'otp' && method !== 'authenticator'

async function waitForFactor(deps: Deps, { client, principal, method }: Login, { hash, data }: Made) {
  const until = deps.now().getTime() + WAIT_MS
  const { sessionId, codeChallenge } = data
  const login = { codeHash: hash, sessionId, method, codeChallenge, until }
  return makeOtpSlot(deps, { usernameKey: principal.user.usernameKey, client, principal, login })
}

type Made = Awaited<ReturnType<typeof makeAuthCode>>

/** A login waits this long for its second factor, however often a code is sent again. */
const WAIT_MS = 10 * 60_000

/** The order of the original: is the person active, may they use this client, are they confirmed. */
function refuseAtLogin({ client, principal }: Login): void {
  if (principal.user.clientIds?.length === 0) throw new AppError('no_clients')
  if (!mayUse(principal, client)) throw new AppError('client_not_allowed')
  const refusal = personRefusal(principal)
  if (refusal && refusal !== 'membership_missing') throw new AppError(refusal)
}
