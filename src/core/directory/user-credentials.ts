/** What administrators do to a person's ways in: passwords, sessions, the second factor. */
import { demandChange, ofUserWithHash, setPassword } from '../../db/passwords.ts'
import { deleteSecondFactors } from '../../db/second-factors.ts'
import { endSessions, ofMember, ofUser } from '../../db/sessions.ts'
import { updateUser } from '../../db/user-directory.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange, auditStatement } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { announceEnded } from '../sessions/state.ts'
import { hashAllowed } from './first-password.ts'
import { aboutUser, getManagedUser } from './users.ts'

/** Ends every session. With `mustChange` the person must choose another password at the next login. */
export async function setUserPassword(
  deps: Deps,
  actor: ApiKeyActor,
  id: string,
  { password, mustChange }: { password: string; mustChange: boolean },
): Promise<void> {
  const { db } = deps
  const user = await getManagedUser(deps, actor, id)
  const hash = await hashAllowed(deps, password, user)
  const [, , ended] = await db.batch([
    setPassword(db, actor.tenantId, id, hash, deps.now()),
    auditOfChange(deps, actor, aboutUser(actor, 'user.password.set', user)),
    endSessions(db, ofUserWithHash(id, hash), 'password', deps.now()),
    ...(mustChange ? [demandChange(db, id, hash)] : []),
  ])
  await announceEnded(deps, ended, 'password')
}

/** With the key of a tenant, the sessions in that tenant. */
export async function revokeUserSessions(deps: Deps, actor: ApiKeyActor, id: string): Promise<void> {
  const user = await getManagedUser(deps, actor, id)
  const which = actor.tenantId === null ? ofUser(id) : ofMember(id, actor.tenantId)
  const [ended] = await deps.db.batch([
    endSessions(deps.db, which, 'revoked', deps.now()),
    auditStatement(deps, actor, aboutUser(actor, 'session.revoke', user)),
  ])
  await announceEnded(deps, ended, 'revoked')
}

/** Whether the person needs a second factor in every tenant, whatever the tenants ask for. */
export async function requireSecondFactor(
  deps: Deps,
  actor: ApiKeyActor,
  id: string,
  required: boolean,
): Promise<void> {
  const user = await getManagedUser(deps, actor, id)
  await deps.db.batch([
    updateUser(deps.db, actor.tenantId, id, { secondFactorRequired: required }, deps.now()),
    auditOfChange(deps, actor, aboutUser(actor, required ? 'user.factor.require' : 'user.factor.waive', user)),
  ])
}

/** Forgets the app and the recovery codes of somebody who has lost them; the person starts anew. */
export async function resetSecondFactor(deps: Deps, actor: ApiKeyActor, id: string): Promise<void> {
  const user = await getManagedUser(deps, actor, id)
  await deps.db.batch([
    ...deleteSecondFactors(deps.db, id),
    auditStatement(deps, actor, aboutUser(actor, 'user.factor.reset', user)),
  ])
}
