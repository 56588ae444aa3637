/** What the hosted pages do with what people type: the same answers, in the same time, for everybody. */
import { insertLoginActivity } from '../../db/login-activity.ts'
import { type Login, selectLoginByUsername, selectPrincipal } from '../../db/principals.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { checkFactor, checkFirstFactor, sendFirstFactor } from '../account/second-factor.ts'
import { failedActivity } from '../activity/login-activity.ts'
import { countRefused } from '../activity/refused-logins.ts'
import { checkLoginPassword } from '../credentials/login-password.ts'
import { maySendCode } from '../credentials/otp.ts'
import { AppError } from '../errors.ts'
import { allowsMethod, personRefusal } from '../sessions/admission.ts'
import { passwordCounters } from '../throttle.ts'
import { arrive, type Proof, spendProof } from './arrival.ts'
import { type LoginFlow, noteInFlow } from './login-flow.ts'

/** Throws `credentials_invalid` (also for somebody who may not be in this tenant), `too_many_attempts` or `login_denied`. */
export async function logInWithPassword(
  deps: Deps,
  flow: LoginFlow,
  { username, password }: { username: string; password: string },
): Promise<string> {
  const { db } = deps
  const usernameKey = lookupKey(username)
  const counters = await passwordCounters(deps, usernameKey)
  const [ofUsername, ofAddress, [login]] = await db.batch([
    ...counters.count,
    selectLoginByUsername(db, usernameKey, flow.tenant.id),
  ])
  counters.enforce(ofUsername, ofAddress)
  const { matches, settle } = await checkLoginPassword(deps, login, password)
  const member = login && matches && isMember(login, 'password') ? login : undefined
  if (!member) throw await failure(deps, flow, login, 'password')
  const arrival = { principal: member, method: 'password', groups: null }
  return arrive(deps, flow, arrival, { settle: [...counters.settle, ...settle] })
}

/** Sends a code to a member; of nobody else anything is said. */
export async function sendLoginCode(deps: Deps, flow: LoginFlow, username: string): Promise<void> {
  const usernameKey = lookupKey(username)
  const [login] = await selectLoginByUsername(deps.db, usernameKey, flow.tenant.id)
  await noteInFlow(deps, flow, { otpFor: username })
  const may = await maySendCode(deps, usernameKey)
  if (may) await sendFirstFactor(deps, usernameKey, flow.tenant.id, login && isMember(login, 'otp') ? login : undefined)
}

/** Throws `otp_invalid`, `otp_expired` or `too_many_attempts`. */
export async function logInWithCode(deps: Deps, flow: LoginFlow, code: string): Promise<string> {
  const usernameKey = lookupKey(flow.otpFor ?? '')
  const [login] = await selectLoginByUsername(deps.db, usernameKey, flow.tenant.id)
  const member = login && isMember(login, 'otp') ? login : undefined
  const { spend, settle } = await checkFirstFactor(deps, usernameKey, flow.tenant.id, member, code).catch(
    async (thrown: unknown) => {
      const isWrong = thrown instanceof AppError && thrown.code !== 'too_many_attempts'
      throw isWrong ? await failure(deps, flow, login, 'otp') : thrown
    },
  )
  if (!member) throw await failure(deps, flow, login, 'otp')
  const arrival = { principal: member, method: 'otp', groups: null }
  return arrive(deps, flow, arrival, { spend: { statement: spend, orElse: 'otp_expired' }, settle })
}

/**
 * The second factor of a login that waits. A one-time code that came first is not asked for again: it counts once. With
 * `thenEnrol` a code that was sent leads to an app of one's own first.
 */
export async function proveSecondFactor(
  deps: Deps,
  flow: LoginFlow,
  { code, thenEnrol = false }: { code: string; thenEnrol?: boolean },
): Promise<string> {
  const { waiting } = flow
  if (!waiting || waiting.method === 'otp') throw new AppError('login_ended')
  const { groups, sessionId } = waiting
  const { id: tenantId } = flow.tenant
  const [principal] = await selectPrincipal(deps.db, { userId: waiting.userId, tenantId })
  if (!principal) throw new AppError('login_ended')
  const refused = countRefused(deps, { method: waiting.method, tenantId })
  const { kind, spend, settle } = await checkFactor(deps, principal, code).catch(refused)
  const proof: Proof = { spend: { statement: spend, orElse: 'otp_expired' }, settle }
  if (thenEnrol && kind === 'otp') {
    await spendProof(deps, proof)
    await noteInFlow(deps, flow, { waiting: { ...waiting, proved: kind }, enrolling: null })
    return `/login/enrol?flow=${flow.id}`
  }
  const method = `${waiting.method}+${kind}`
  const arrival = { principal, method, groups, sessionId, secondFactorProved: true }
  return arrive(deps, flow, arrival, proof).catch(countRefused(deps, { method, tenantId }))
}

const isMember = (login: Login, method: string) => !personRefusal(login) && allowsMethod(login, method)

async function failure(deps: Deps, { tenant }: LoginFlow, login: Login | undefined, method: string) {
  const actor = login?.membership ? login.user.id : ''
  await insertLoginActivity(deps.db, await failedActivity(deps, { actor, tenantId: tenant.id, method }))
  return new AppError(method === 'otp' ? 'otp_invalid' : 'credentials_invalid')
}
