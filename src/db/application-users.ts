/** An application's own names for its users, and the core users behind them. */
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { insertAuditRows } from './audit.ts'
import { insertMany, listed, ofRow } from './insert-many.ts'
import { applicationUsers, devices, loginActivity, memberships, roles, sessions, tenants, users } from './schema.ts'
import { endSessions } from './sessions.ts'
import { PLAIN_ROLE } from './sign-ups.ts'

export type ApplicationUser = typeof applicationUsers.$inferSelect

const named = (clientId: string, externalIds: string[]) =>
  and(eq(applicationUsers.clientId, clientId), sql`${applicationUsers.externalId} in ${listed(externalIds)}`)

export function selectApplicationUsers(db: Db, clientId: string, externalIds: string[]) {
  return db.select().from(applicationUsers).where(named(clientId, externalIds))
}

/** Of two that name the same user at once the later finds the name taken, and loses the core user it brought. */
export function insertApplicationUsers(
  db: Db,
  newUsers: Required<typeof users.$inferInsert>[],
  names: ApplicationUser[],
) {
  const userIds = listed(newUsers.map(({ id }) => id))
  const nameless = sql`${users.id} not in (select ${applicationUsers.userId} from ${applicationUsers}
    where ${applicationUsers.userId} in ${userIds})`
  return [
    insertMany(db, users, newUsers),
    insertMany(db, applicationUsers, names).onConflictDoNothing(),
    db.delete(users).where(and(sql`${users.id} in ${userIds}`, nameless)),
  ] as const
}

/** For each of the users that is there. The role is the tenant's for sign-ups, else the plain one, which must be there. */
export function insertApplicationMembers(
  db: Db,
  tenantId: string,
  members: { id: string; userId: string }[],
  now: Date,
) {
  const plain = sql`(select ${roles.id} from ${roles} where ${and(eq(roles.tenantId, tenantId), eq(roles.name, PLAIN_ROLE))})`
  const role = sql`(select coalesce(${tenants.signUp} ->> '$.roleId', ${plain}) from ${tenants} where ${eq(tenants.id, tenantId)})`
  const columns = sql`${ofRow('id')}, ${ofRow('userId')}, ${tenantId}, ${role}, 1, '{"allow":[],"deny":[]}', null,
    ${now.getTime()}, ${now.getTime()}`
  return db
    .insert(memberships)
    .select(sql`select ${columns} from json_each(${JSON.stringify(members)}) where ${isThere}`)
}

const isThere = sql`exists (select 1 from ${users} where ${users.id} = ${ofRow('userId')})`

/** One row for each of the users that is there. */
export function insertAuditOfUsers(db: Db, rows: Parameters<typeof insertAuditRows>[1]) {
  return insertAuditRows(db, rows, sql`exists (select 1 from ${users} where ${users.id} = ${ofRow('targetId')})`)
}

/** The user, and whether an active device is registered for it. */
export async function findApplicationUser(db: Db, clientId: string, externalId: string) {
  const [user] = await db
    .select({ userId: applicationUsers.userId, deviceId: devices.id })
    .from(applicationUsers)
    .leftJoin(devices, and(eq(devices.userId, applicationUsers.userId), eq(devices.status, 'active')))
    .where(and(eq(applicationUsers.clientId, clientId), eq(applicationUsers.externalId, externalId)))
  return user
}

/** The core users go, and everything that is theirs; the first statement answers the sessions that this ends. */
export function deleteApplicationUsers(
  db: Db,
  userIds: string[],
  audits: Parameters<typeof insertAuditRows>[1],
  now: Date,
) {
  const ids = listed(userIds)
  return [
    endSessions(db, sql`${sessions.userId} in ${ids}`, 'revoked', now),
    db.delete(loginActivity).where(sql`${loginActivity.actor} in ${ids}`),
    insertAuditOfUsers(db, audits),
    db.delete(users).where(sql`${users.id} in ${ids}`),
  ] as const
}
