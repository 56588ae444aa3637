/** Logging in with a password and an API key: no client, one tenant, one token. */
import { insertLoginActivity } from '../../db/login-activity.ts'
import { type Login, selectLoginByUsername } from '../../db/principals.ts'
import { establishSecondFactor } from '../../db/second-factors.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { failedActivity } from '../activity/login-activity.ts'
import { countRefused } from '../activity/refused-logins.ts'
import { checkLoginPassword } from '../credentials/login-password.ts'
import { isFactorDue } from '../credentials/second-factor.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { allowsMethod, personRefusal } from '../sessions/admission.ts'
import { openDirectSession } from '../sessions/direct-opening.ts'
import { passwordCounters } from '../throttle.ts'
import { checkFactor, sendFactor } from './second-factor.ts'

/** The claim `aud` of the token, where a client would be named. */
const AUDIENCE = 'account'
export const TOKEN_SECONDS = 1800

interface AccountLogin {
  /** The tenant of the key: membership there decides, whatever the user's default tenant is. */
  tenantId: string
  username: string
  password: string
  otp?: string | undefined
}

/**
 * Answers an access token. Throws `too_many_attempts`; `credentials_invalid` for a wrong password, an unknown user and
 * one who may not be there, in the same time; `second_factor_due`, `otp_invalid` or `otp_expired`.
 */
export async function logInToAccount(deps: Deps, { tenantId, username, password, otp }: AccountLogin): Promise<string> {
  const { db } = deps
  const usernameKey = lookupKey(username)
  const counters = await passwordCounters(deps, usernameKey)
  const [ofUsername, ofAddress, [login]] = await db.batch([
    ...counters.count,
    selectLoginByUsername(db, usernameKey, tenantId),
  ])
  counters.enforce(ofUsername, ofAddress)
  const { matches, settle } = await checkLoginPassword(deps, login, password)
  if (!login || !matches || !mayLogIn(login)) throw await failure(deps, tenantId, login, 'credentials_invalid')

  const factor = isFactorDue(login) ? await requireFactor(deps, tenantId, login, otp) : undefined
  const established = establishSecondFactor(db, login.user.id, deps.now())
  const method = factor ? `password+${factor.kind}` : 'password'
  return openDirectSession(
    deps,
    { principal: login, method, audience: AUDIENCE, lifetimeSeconds: TOKEN_SECONDS },
    {
      first: factor?.spend ?? counters.clearUsername,
      orElse: factor && 'otp_expired',
      settle: [...counters.settle, ...settle, ...(factor ? [...factor.settle, established] : [])],
    },
  ).catch(countRefused(deps, { method, tenantId }))
}

const mayLogIn = (login: Login) => !personRefusal(login) && allowsMethod(login, 'password')

async function requireFactor(deps: Deps, tenantId: string, login: Login, otp: string | undefined) {
  if (!otp) {
    await sendFactor(deps, login)
    throw new AppError('second_factor_due')
  }
  return checkFactor(deps, login, otp).catch(async (error: unknown) => {
    const wrong = error instanceof AppError && (error.code === 'otp_invalid' || error.code === 'otp_expired')
    throw wrong ? await failure(deps, tenantId, login, error.code) : error
  })
}

/** Leaves its row. People of other tenants stay unnamed: this tenant is not told who they are. */
async function failure(deps: Deps, tenantId: string, login: Login | undefined, code: ErrorCode): Promise<AppError> {
  const actor = login?.membership ? login.user.id : ''
  await insertLoginActivity(deps.db, await failedActivity(deps, { actor, tenantId, method: 'password' }))
  return new AppError(code)
}
