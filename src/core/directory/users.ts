/** People. A tenant's key may change only those who belong to that tenant and to no other. */
import type { PageRequest } from '../../db/page.ts'
import { insertPassword } from '../../db/passwords.ts'
import { endSessions, ofBlockedUser } from '../../db/sessions.ts'
import {
  type UserChanges as Columns,
  type DirectoryUser,
  deleteActivityOfManaged,
  deleteUser,
  insertUser,
  listUsers as listRows,
  ofManagedUser,
  selectDirectoryUser,
  type UserFilter,
  updateUser,
} from '../../db/user-directory.ts'
import { type NewSetting, replaceSettings } from '../../db/user-settings.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { announceEnded } from '../sessions/state.ts'
import { firstHash } from './first-password.ts'
import { found, orConflict, requireTenant } from './refusals.ts'
import { keptSettings } from './user-settings.ts'

export type { DirectoryUser }

export interface UserChanges extends Columns {
  settings?: NewSetting[] | undefined
}

export interface NewUser extends UserChanges {
  username: string
  password?: string | undefined
  passwordHash?: string | undefined
}

/** Throws `conflict` when the username is taken, in whatever case. */
export async function createUser(deps: Deps, actor: ApiKeyActor, input: NewUser): Promise<DirectoryUser> {
  const { db } = deps
  const defaultTenantId = input.defaultTenantId ?? actor.tenantId
  await requireTenant(deps, actor, defaultTenantId, 'defaultTenantId')
  const id = newId()
  const now = deps.now()
  const user = userRow({ ...input, defaultTenantId }, { id, now })
  const [, , , , , rows] = await orConflict(
    db.batch([
      insertUser(db, user),
      auditOfChange(deps, actor, aboutUser(actor, 'user.create', user)),
      insertPassword(db, id, await firstHash(deps, input), now),
      ...replaceSettings(db, id, keptSettings(input.settings ?? [], [])),
      selectDirectoryUser(db, actor.tenantId, id),
    ]),
  )
  return found(rows)
}

/** A new person, with what is meant where nothing is said. */
export function userRow(input: NewUser, { id, now }: { id: string; now: Date }) {
  const { username, email = null, clientIds = null, profile = {} } = input
  return {
    id,
    username,
    usernameKey: lookupKey(username),
    email,
    emailKey: email && lookupKey(email),
    emailVerified: input.emailVerified ?? false,
    phone: input.phone ?? null,
    firstName: input.firstName ?? null,
    lastName: input.lastName ?? null,
    locale: input.locale ?? null,
    authProvider: input.authProvider ?? 'internal',
    clientIds,
    defaultTenantId: input.defaultTenantId ?? null,
    status: input.status ?? ('active' as const),
    secondFactorRequired: input.secondFactorRequired ?? false,
    profile,
    lastLoginAt: null,
    createdAt: now,
    updatedAt: now,
  }
}

export async function getUser(deps: Deps, actor: ApiKeyActor, id: string): Promise<DirectoryUser> {
  return found(await selectDirectoryUser(deps.db, actor.tenantId, id))
}

/** Throws `not_found`, or `forbidden` for somebody whom the key sees but may not change. */
export async function getManagedUser(deps: Deps, actor: ApiKeyActor, id: string): Promise<DirectoryUser> {
  const user = found(await selectDirectoryUser(deps.db, actor.tenantId, id))
  if (!user.managed) throw ofOthersToo()
  return user
}

/** With the key of a tenant, `tenantId` can only be that one; there is nobody in any other. */
export async function listUsers(deps: Deps, { tenantId: scope }: ApiKeyActor, filter: UserFilter, page: PageRequest) {
  if (scope !== null && (filter.tenantId ?? scope) !== scope) return []
  return listRows(deps.db, { ...filter, tenantId: scope ?? filter.tenantId }, page)
}

/** Blocking ends every session. A new mail address is not verified unless that is said with it. */
export async function changeUser(deps: Deps, actor: ApiKeyActor, id: string, { settings, ...given }: UserChanges) {
  const { db } = deps
  const user = await getManagedUser(deps, actor, id)
  const { email, defaultTenantId } = given
  if (defaultTenantId !== undefined) await requireTenant(deps, actor, defaultTenantId, 'defaultTenantId')
  const unverified = email !== undefined && email !== user.email ? { emailVerified: false } : {}

  const [, , ended, , , rows] = await orConflict(
    db.batch([
      updateUser(db, actor.tenantId, id, { ...unverified, ...given }, deps.now()),
      auditOfChange(deps, actor, aboutUser(actor, 'user.update', user)),
      endSessions(db, ofBlockedUser(id), 'blocked', deps.now()),
      ...replaceSettings(db, id, settings && keptSettings(settings, user.settings)),
      selectDirectoryUser(db, actor.tenantId, id),
    ]),
  )
  await announceEnded(deps, ended, 'blocked')
  return found(rows)
}

/** Removes the person and what is personal; audit rows keep the id. Nothing happens when there is no such person. */
export async function removeUser(deps: Deps, actor: ApiKeyActor, id: string): Promise<void> {
  const { db } = deps
  const [user] = await selectDirectoryUser(db, actor.tenantId, id)
  if (!user) return
  if (!user.managed) throw ofOthersToo()
  const [ended] = await db.batch([
    endSessions(db, ofManagedUser(actor.tenantId, id), 'revoked', deps.now()),
    deleteActivityOfManaged(db, actor.tenantId, id),
    deleteUser(db, actor.tenantId, id),
    auditOfChange(deps, actor, aboutUser(actor, 'user.delete', user)),
  ])
  await announceEnded(deps, ended, 'revoked')
}

const ofOthersToo = () =>
  new AppError('forbidden', { detail: 'This person belongs to other tenants too; only an operator may do that' })

/** What the audit says of a change to a person: to the person's own tenant, or else to the one that acts. */
export const aboutUser = (
  actor: ApiKeyActor,
  action: string,
  { id, defaultTenantId }: Pick<DirectoryUser, 'id' | 'defaultTenantId'>,
) => ({ action, target: { kind: 'user', id }, tenantId: defaultTenantId ?? actor.tenantId })
