/** Users and their passwords. */
import { and, eq, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { memberships, passwords, sessions, users } from './schema.ts'

export type User = typeof users.$inferSelect
export type NewUser = typeof users.$inferInsert

/** What usernames and addresses are compared by. */
export const lookupKey = (name: string) => name.normalize('NFC').toLowerCase()

/** Somebody with this mail address, or with it for a username. */
export function selectUserByAddress(db: Db, addressKey: string) {
  return db
    .select()
    .from(users)
    .where(or(eq(users.usernameKey, addressKey), eq(users.emailKey, addressKey)))
    .limit(1)
}

/** Notes the login of the session that carries `activityId`; nothing when no session was opened. */
export function touchLastLogin(db: Db, sessionId: string | SQL, activityId: string, now: Date) {
  const user = db
    .select({ id: sessions.userId })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.activityId, activityId)))
  return db.update(users).set({ lastLoginAt: now }).where(sql`${users.id} = ${user}`)
}

/** Replaces the hash of the same password, unless the password was changed meanwhile. */
export function upgradePasswordHash(db: Db, userId: string, from: string, to: string) {
  return db
    .update(passwords)
    .set({ hash: to })
    .where(and(eq(passwords.userId, userId), eq(passwords.hash, from)))
}

/** Of a row of users: the default tenant, or for who has none the only one they are a member of. */
export const homeTenant = sql`coalesce(${users.defaultTenantId}, (select max(${memberships.tenantId})
  from ${memberships} where ${memberships.userId} = ${users.id} group by ${memberships.userId} having count(*) = 1))`

/** Where the person belongs, as a sub-select. */
export const tenantOfUser = (userId: string | SQL) =>
  sql`(select ${homeTenant} from ${users} where ${eq(users.id, userId)})`
