/** A person changes the password: with the old one, or shortly after the login of somebody who must change it. */

import { afterPasswordChange, replacePassword } from '../../db/password-changes.ts'
import { hasHash } from '../../db/passwords.ts'
import { selectLoginById } from '../../db/principals.ts'
import { selectSession } from '../../db/sessions.ts'
import { NEVER } from '../../db/throttles.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import type { UserActor } from '../actor.ts'
import { AppError } from '../errors.ts'
import { announceEnd } from '../sessions/state.ts'
import { generationOf, readRefreshToken } from '../sessions/token-pair.ts'
import { passwordCounters } from '../throttle.ts'
import { notifyOfChange, refuseNewPassword } from './new-password.ts'
import { checkPassword, hashPassword } from './password.ts'

interface ChangePassword {
  refreshToken?: string | undefined
  username?: string | undefined
  password?: string | undefined
  oldPassword?: string | undefined
}

/** How long after the login a password that must be changed may be changed without the old one. */
const FRESH_LOGIN_MS = 10 * 60_000
const PASSWORD_CHANGE_NEEDED = 3

/**
 * Ends every session of the person, this one too. Throws `refresh_missing`, `refresh_mismatched`, `forbidden` (another
 * username), `validation_failed` (a password is missing), `password_refused`, `password_incorrect`, `password_unchanged`,
 * `password_external`, `password_external_change` or `too_many_attempts`.
 */
export async function changePassword(deps: Deps, actor: UserActor, request: ChangePassword): Promise<void> {
  const { refreshToken, username, password, oldPassword } = request
  if (!refreshToken) throw new AppError('refresh_missing')
  await requirePair(deps, actor, refreshToken)
  if (username !== actor.claims.username) throw new AppError('forbidden')

  const { db } = deps
  // What lacks a password is no guess: it is refused for that, or goes without the old one.
  const isGuess = oldPassword && password
  const counters = await passwordCounters(deps, lookupKey(actor.claims.username), isGuess ? undefined : NEVER)
  const [ofUsername, ofAddress, [login], [session]] = await db.batch([
    ...counters.count,
    selectLoginById(db, actor.id),
    selectSession(db, actor.sessionId),
  ])
  const settle = isGuess ? counters.settle : []
  /** Only a wrong old password stays counted. */
  const uncount = async (refusal: unknown) => {
    if (isGuess) await db.batch(counters.settle)
    throw refusal
  }
  if (!login || !session) throw new AppError('refresh_mismatched')
  if (login.user.authProvider !== 'internal')
    return uncount(new AppError(oldPassword ? 'password_external_change' : 'password_external'))
  const fresh = deps.now().getTime() - session.openedAt.getTime() <= FRESH_LOGIN_MS
  const mayOmitOld = actor.claims.status === PASSWORD_CHANGE_NEEDED && fresh
  if (!oldPassword && !mayOmitOld) throw missing('oldPassword')
  if (!password) throw missing('password')
  counters.enforce(ofUsername, ofAddress)
  const stored = login.passwordHash
  if (!stored) throw new AppError('password_incorrect')
  if (oldPassword && !(await checkPassword(deps, stored, oldPassword)).matches) throw new AppError('password_incorrect')
  await refuseNewPassword(deps, login, password).catch(uncount)

  const change = { userId: actor.id, hash: await hashPassword(deps, password), now: deps.now() }
  const entry = { action: 'user.password.change', target: { kind: 'user', id: actor.id }, tenantId: actor.tenantId }
  const [activate, end] = afterPasswordChange(db, change)
  const [changed, , ended] = await db.batch([
    replacePassword(db, stored, change),
    activate,
    end,
    auditStatement(deps, actor, entry, hasHash(change.userId, change.hash)),
    ...settle,
  ])
  if (changed.length === 0) throw new AppError('refresh_mismatched')
  await announceEnd(
    deps,
    ended.map(({ id }) => id),
    'password',
  )
  notifyOfChange(deps, login)
}

async function requirePair(deps: Deps, actor: UserActor, refreshToken: string): Promise<void> {
  const own = generationOf(actor.claims)
  const presented = await readRefreshToken(deps, refreshToken).catch((cause: unknown) => {
    throw cause instanceof AppError ? new AppError('refresh_mismatched', { cause }) : cause
  })
  if (presented.sessionId !== own.sessionId || presented.generation !== own.generation)
    throw new AppError('refresh_mismatched')
}

function missing(missingProperty: string): AppError {
  const message = `must have required property '${missingProperty}'`
  return new AppError('validation_failed', {
    issues: [{ path: [], code: 'required', message, info: { missingProperty } }],
  })
}
