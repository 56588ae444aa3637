/** Username and password, checked: two counters, the client and the person in one round trip, then one hash. */

import type { Statement } from '../../db/batch.ts'
import { type Client, existsVerifiedClient, selectVerifiedClient } from '../../db/clients.ts'
import { insertLoginActivity } from '../../db/login-activity.ts'
import { type Principal, selectLoginByUsername } from '../../db/principals.ts'
import { NEVER } from '../../db/throttles.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { failedActivity } from '../activity/login-activity.ts'
import { checkLoginPassword } from '../credentials/login-password.ts'
import { secretDigests } from '../directory/client-secrets.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { passwordCounters } from '../throttle.ts'
import { allowsMethod, personRefusal } from './admission.ts'

interface PasswordLogin {
  clientId: string
  clientSecret: string | undefined
  username: string
  password: string
  /** What is thrown when, with a good client, either is empty. */
  ifEmpty: 'credentials_missing' | 'credentials_empty'
}

/**
 * Throws `client_unverified`, `too_many_attempts`, `credentials_invalid` (also for external users and unknown ones, in
 * the same time), `login_inactive`, or `login_denied` where the tenant takes no passwords. `settle` must go into the batch that completes the login.
 */
export async function verifyPasswordLogin(
  deps: Deps,
  { clientId, clientSecret, username, password, ifEmpty }: PasswordLogin,
): Promise<{ client: Client; principal: Principal; settle: Statement[] }> {
  const { db } = deps
  const digests = await secretDigests(deps, clientSecret ?? '')
  const usernameKey = lookupKey(username)
  // With an empty word nothing is guessed, and nothing checked.
  const isGuess = username && password
  const counts = isGuess ? existsVerifiedClient(clientId, digests, deps.now()) : NEVER
  const counters = await passwordCounters(deps, usernameKey, counts)
  const [ofUsername, ofAddress, [client], [login]] = await db.batch([
    ...counters.count,
    selectVerifiedClient(db, clientId, digests, deps.now()),
    selectLoginByUsername(db, usernameKey),
  ])

  if (!client) throw new AppError('client_unverified')
  if (!username || !password) throw new AppError(ifEmpty)
  counters.enforce(ofUsername, ofAddress)
  const { matches, settle } = await checkLoginPassword(deps, login, password)
  const tenantId = login?.user.defaultTenantId ?? client.defaultTenantId
  const refuse = async (code: ErrorCode) => {
    const actor = login?.user.id ?? ''
    await insertLoginActivity(db, await failedActivity(deps, { actor, tenantId, method: 'password' }))
    return new AppError(code)
  }
  if (!login || !matches) throw await refuse('credentials_invalid')
  if (personRefusal(login) === 'user_inactive') throw await refuse('login_inactive')
  if (!allowsMethod(login, 'password')) throw await refuse('login_denied')
  return { client, principal: login, settle: [...counters.settle, ...settle] }
}
