/** The users of an application: a namespace of its own, in which nobody is ever taken for a person of the same name. */
import {
  type ApplicationUser,
  deleteApplicationUsers,
  findApplicationUser,
  insertApplicationMembers,
  insertApplicationUsers,
  insertAuditOfUsers,
  selectApplicationUsers,
} from '../../db/application-users.ts'
import type { Client } from '../../db/clients.ts'
import { insertPlainRole } from '../../db/sign-ups.ts'
import type { Deps } from '../../deps.ts'
import { auditRow } from '../activity/audit.ts'
import { clientActor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { announceEnd } from '../sessions/state.ts'

/**
 * Makes those that are new, all or none, as members of the application's tenant. Answers both kinds in the order given;
 * a name that is given twice counts once.
 */
export async function addApplicationUsers(deps: Deps, application: Client, externalIds: string[]) {
  const { db } = deps
  const distinct = [...new Set(externalIds)]
  const known = await selectApplicationUsers(db, application.id, distinct)
  const names = namesFor(deps, application, distinct, known)
  const rows = names.length === 0 ? known : await insertNew(deps, application, names, distinct)

  const ours = new Set(names.map(({ userId }) => userId))
  const created = new Set(rows.filter(({ userId }) => ours.has(userId)).map(({ externalId }) => externalId))
  return { created: distinct.filter((id) => created.has(id)), existing: distinct.filter((id) => !created.has(id)) }
}

function namesFor({ now }: Deps, { id }: Client, externalIds: string[], known: ApplicationUser[]): ApplicationUser[] {
  const taken = new Set(known.map(({ externalId }) => externalId))
  return externalIds
    .filter((externalId) => !taken.has(externalId))
    .map((externalId) => ({ clientId: id, externalId, userId: newId(), createdAt: now() }))
}

async function insertNew(deps: Deps, application: Client, names: ApplicationUser[], all: string[]) {
  const { db } = deps
  const { defaultTenantId } = application
  const newUsers = names.map((name) => toUser(application, name))
  const members = names.map(({ userId }) => ({ id: newId(), userId }))
  const membership = defaultTenantId
    ? [
        insertPlainRole(db, newId(), defaultTenantId, deps.now()),
        insertApplicationMembers(db, defaultTenantId, members, deps.now()),
      ]
    : []
  const [, , , rows] = await db.batch([
    ...insertApplicationUsers(db, newUsers, names),
    selectApplicationUsers(db, application.id, all),
    insertAuditOfUsers(db, auditOf(deps, application, 'user.create', names)),
    ...membership,
  ])
  return rows
}

/** Names that are not there are none the less gone. */
export async function removeApplicationUsers(deps: Deps, application: Client, externalIds: string[]): Promise<void> {
  const { db } = deps
  const known = await selectApplicationUsers(db, application.id, externalIds)
  if (known.length === 0) return
  const userIds = known.map(({ userId }) => userId)
  const audits = auditOf(deps, application, 'user.delete', known)
  const [ended] = await db.batch(deleteApplicationUsers(db, userIds, audits, deps.now()))
  await announceEnd(
    deps,
    ended.map(({ id }) => id),
    'revoked',
  )
}

/** Throws `not_found`. */
export async function getApplicationUser(deps: Deps, application: Client, externalId: string) {
  const user = await findApplicationUser(deps.db, application.id, externalId)
  if (!user) throw new AppError('not_found')
  return user
}

function auditOf(deps: Deps, application: Client, action: string, users: ApplicationUser[]) {
  const tenantId = application.defaultTenantId
  return users.map(({ userId }) =>
    auditRow(deps, clientActor(application), { action, target: { kind: 'user', id: userId }, tenantId }),
  )
}

function toUser({ clientId, defaultTenantId }: Client, { externalId, userId, createdAt }: ApplicationUser) {
  return {
    id: userId,
    // Shown in tokens: it says whose name it is, and looks like nobody's.
    username: `device:${clientId}:${externalId}`,
    // What is compared: nobody can guess it, and names that differ in case only stay apart.
    usernameKey: `device:${userId}`,
    email: null,
    emailKey: null,
    emailVerified: false,
    phone: null,
    firstName: null,
    lastName: null,
    locale: null,
    authProvider: 'devices',
    clientIds: null,
    defaultTenantId,
    status: 'active' as const,
    secondFactorRequired: false,
    profile: {},
    lastLoginAt: null,
    createdAt,
    updatedAt: createdAt,
  }
}
