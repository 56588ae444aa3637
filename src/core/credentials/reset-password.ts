/** A new password by the link from the mail. Looking at a link never spends it; a refused password does not either. */
import { selectClientById, selectVerifiedClient } from '../../db/clients.ts'
import {
  clientOfSecret,
  consumeOneTimeSecret,
  type OneTimeSecret,
  selectOneTimeSecret,
  userOfSecret,
} from '../../db/one-time.ts'
import { afterPasswordChange, setPasswordByLink } from '../../db/password-changes.ts'
import { hasHash } from '../../db/passwords.ts'
import { type Principal, selectLoginById } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { newId, sha256 } from '../crypto.ts'
import { secretDigests } from '../directory/client-secrets.ts'
import { AppError } from '../errors.ts'
import { mayUse, personRefusal } from '../sessions/admission.ts'
import { announceEnd } from '../sessions/state.ts'
import { passwordCounters } from '../throttle.ts'
import { linkAttempt } from './link-attempts.ts'
import { notifyOfChange, refuseNewPassword } from './new-password.ts'
import { hashPassword } from './password.ts'
import { RESET_LINK } from './reset-links.ts'
import { type WayOn, wayOn } from './way-on.ts'

/** Whose link it is, and where they came from; not spent. Throws `link_invalid`, `link_expired`, `link_used` or `too_many_attempts`. */
export async function readResetLink(deps: Deps, token: string): Promise<Principal & { wayOn: WayOn | undefined }> {
  const link = { kind: RESET_LINK, hash: await sha256(token) }
  const attempt = linkAttempt(deps, link)
  const [counted, standing, [secret], [login], [client]] = await deps.db.batch([
    attempt.count,
    attempt.standing,
    selectOneTimeSecret(deps.db, link),
    selectLoginById(deps.db, userOfSecret(link)),
    selectClientById(deps.db, clientOfSecret(link)),
  ])
  attempt.enforce(counted, standing)
  requireLive(deps, secret)
  if (!login) throw new AppError('link_invalid')
  return { ...login, wayOn: wayOn(client, login.tenant) }
}

interface ResetPassword {
  token: string
  password: string
  /** Null on our own page, where the link alone is enough. */
  client: { clientId: string; clientSecret: string } | null
}

/**
 * Ends every session of the person. Throws what `readResetLink` throws, `client_missing`, `client_unverified`,
 * `link_missing`, `client_unknown` (another client's link), `no_clients`, `client_not_allowed`, `password_external`,
 * `password_refused`, `password_unchanged`, or why the person is refused.
 */
export async function resetPassword(deps: Deps, { token, password, client }: ResetPassword): Promise<void> {
  if (client && !client.clientId) throw new AppError('client_missing')
  const { db } = deps
  const now = deps.now()
  const use = { kind: RESET_LINK, hash: await sha256(token), useId: newId(), now }
  const attempt = linkAttempt(deps, use)
  const digests = await secretDigests(deps, client?.clientSecret ?? '')
  const [counted, standing, [secret], [caller], [login]] = await db.batch([
    attempt.count,
    attempt.standing,
    selectOneTimeSecret(db, use),
    selectVerifiedClient(db, client?.clientId ?? '', digests, now),
    selectLoginById(db, userOfSecret(use)),
  ])
  if (client && !caller) throw new AppError('client_unverified')
  if (!token) throw new AppError('link_missing')
  attempt.enforce(counted, standing)
  requireLive(deps, secret)
  if (!login) throw new AppError('link_invalid')
  if (caller && secret?.clientId !== caller.id) throw new AppError('client_unknown')
  if (login.user.authProvider !== 'internal') throw new AppError('password_external')
  if (caller && login.user.clientIds?.length === 0) throw new AppError('no_clients')
  if (caller && !mayUse(login, caller)) throw new AppError('client_not_allowed')
  const refusal = personRefusal(login)
  if (refusal) throw new AppError(refusal)
  await refuseNewPassword(deps, login, password)

  const change = { userId: login.user.id, hash: await hashPassword(deps, password), now }
  const [activate, end] = afterPasswordChange(db, change)
  const counters = await passwordCounters(deps, login.user.usernameKey)
  const entry = {
    action: 'user.password.reset',
    target: { kind: 'user', id: change.userId },
    tenantId: login.tenant?.id ?? null,
  }
  const person = { kind: 'user' as const, id: change.userId }
  const [consumed, , , ended] = await db.batch([
    consumeOneTimeSecret(db, use),
    setPasswordByLink(db, use, change.hash),
    activate,
    end,
    auditStatement(deps, person, entry, hasHash(change.userId, change.hash)),
    counters.clearUsername,
  ])
  if (consumed.length === 0) throw new AppError('link_used')
  await announceEnd(
    deps,
    ended.map(({ id }) => id),
    'password',
  )
  notifyOfChange(deps, login)
}

function requireLive(deps: Deps, secret: OneTimeSecret | undefined): void {
  if (!secret?.userId) throw new AppError('link_invalid')
  if (secret.usedAt) throw new AppError('link_used')
  if (secret.expiresAt <= deps.now()) throw new AppError('link_expired')
}
