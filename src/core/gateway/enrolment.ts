/**
 * An authenticator app for somebody who owes a second factor and has none, or has proved the code that was sent.
 * The secret is this login's own: one that others have put there, who may know the password, is never shown or taken.
 */
import { type Principal, selectPrincipal } from '../../db/principals.ts'
import { putPendingSecret } from '../../db/second-factors.ts'
import { clearAttempts } from '../../db/throttles.ts'
import type { Deps } from '../../deps.ts'
import { newSecret, provisioningUri, sealSecret, unsealSecret } from '../credentials/authenticator.ts'
import { proveFactor } from '../credentials/factor-proof.ts'
import { otpHash } from '../credentials/otp.ts'
import { factorOf, mayEnrolHosted } from '../credentials/second-factor.ts'
import { countFactorAttempt, factorCounter } from '../credentials/verify-otp.ts'
import { AppError } from '../errors.ts'
import { qrDataUrl } from '../qr.ts'
import { personRefusal } from '../sessions/admission.ts'
import { arrive } from './arrival.ts'
import { type LoginFlow, noteInFlow } from './login-flow.ts'

/** Whether whoever waits in this login may enrol an app. */
export async function mayEnrolNow(deps: Deps, flow: LoginFlow): Promise<boolean> {
  return (await findEntrant(deps, flow)) !== undefined
}

/** Whether whoever waits may enrol one with a code that was sent. */
export async function mayEnrolByCode(deps: Deps, flow: LoginFlow): Promise<boolean> {
  const principal = await readWaiting(deps, flow)
  return principal !== undefined && factorOf(deps, principal) === 'delivered'
}

/** The app to be: the same one as often as the page is loaded. Undefined for somebody who may not have one this way. */
export async function offerApp(deps: Deps, flow: LoginFlow): Promise<{ qrCode: string; secret: string } | undefined> {
  const principal = await findEntrant(deps, flow)
  if (!principal) return undefined
  const { user } = principal
  const secret = (await secretOfLogin(deps, flow, principal)) ?? (await putNewSecret(deps, flow, user.id))
  const uri = provisioningUri({ issuer: flow.tenant.branding.name, label: user.username, secret })
  return { qrCode: qrDataUrl(uri), secret }
}

/** The recovery codes, which are shown once. Throws `otp_invalid`, `too_many_attempts` or `login_ended`. */
export async function confirmApp(deps: Deps, flow: LoginFlow, code: string): Promise<string[]> {
  const principal = await findEntrant(deps, flow)
  if (!principal || !flow.waiting) throw new AppError('login_ended')
  const { usernameKey } = principal.user
  await countFactorAttempt(deps, usernameKey)
  if (!isOfLogin(flow, principal)) throw new AppError('otp_invalid')
  const { kind, spend, settle, recoveryCodes = [] } = await proveFactor(deps, { code, principal, sent: undefined })
  const [spent] = await deps.db.batch([
    spend,
    ...settle,
    clearAttempts(deps.db, factorCounter(await otpHash(usernameKey))),
  ])
  if ((spent as unknown[]).length === 0) throw new AppError('otp_invalid')
  // Whole, with the person that it is about: meanwhile somebody else may wait in this very login.
  await noteInFlow(deps, flow, { waiting: { ...flow.waiting, proved: kind }, enrolling: null })
  return recoveryCodes
}

/** On to the service, once the recovery codes were read, or without an app where a code was proved. Throws `login_ended` and what `arrive` throws. */
export async function goOnWithApp(deps: Deps, flow: LoginFlow): Promise<string> {
  const { waiting } = flow
  if (!waiting?.proved) throw new AppError('login_ended')
  const principal = await readWaiting(deps, flow)
  if (!principal) throw new AppError('login_ended')
  const { groups, sessionId, proved } = waiting
  const method = `${waiting.method}+${proved}`
  return arrive(deps, flow, { principal, method, groups, sessionId, secondFactorProved: true }, { settle: [] })
}

/** Whoever waits, if an app is what they may make. */
async function findEntrant(deps: Deps, flow: LoginFlow): Promise<Principal | undefined> {
  const { waiting } = flow
  const principal = await readWaiting(deps, flow)
  if (!waiting || !principal || personRefusal(principal) || principal.factors?.confirmedAt) return undefined
  const { method, proved } = waiting
  return mayEnrolHosted(deps, principal, { method, factorDue: proved === null }) ? principal : undefined
}

async function readWaiting({ db }: Deps, { waiting, tenant }: LoginFlow): Promise<Principal | undefined> {
  if (!waiting) return undefined
  const [principal] = await selectPrincipal(db, { userId: waiting.userId, tenantId: tenant.id })
  return principal
}

const isOfLogin = ({ enrolling }: LoginFlow, { factors }: Principal) =>
  enrolling !== null && factors?.pendingSecret === enrolling

async function secretOfLogin(deps: Deps, flow: LoginFlow, principal: Principal): Promise<string | undefined> {
  if (flow.enrolling === null || !isOfLogin(flow, principal)) return undefined
  return unsealSecret(deps, principal.user.id, 'pending_secret', flow.enrolling)
}

async function putNewSecret(deps: Deps, flow: LoginFlow, userId: string): Promise<string> {
  const secret = newSecret()
  const enrolling = await sealSecret(deps, userId, 'pending_secret', secret)
  await putPendingSecret(deps.db, userId, enrolling)
  await noteInFlow(deps, flow, { enrolling })
  return secret
}
