/** Password hashes, one for a person at most. */
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { memberships, passwords, users } from './schema.ts'
import { ofUser } from './sessions.ts'
import { managedBy } from './user-directory.ts'

/** For a new user; null gives none. */
export function insertPassword(db: Db, userId: string, hash: string | null, now: Date) {
  return db.insert(passwords).select(sql`select ${userId}, ${hash}, ${now.getTime()} where ${hash} is not null`)
}

/** Only for those whom the scope may change. */
export function setPassword(db: Db, scope: string | null, userId: string, hash: string, now: Date) {
  const target = and(eq(users.id, userId), managedBy(scope))
  return db
    .insert(passwords)
    .select(sql`select ${users.id}, ${hash}, ${now.getTime()} from ${users} where ${target}`)
    .onConflictDoUpdate({ target: passwords.userId, set: { hash, changedAt: now } })
}

/** The person has to choose another one at the next login, wherever they are active; nothing unless `hash` was set. */
export function demandChange(db: Db, userId: string, hash: string) {
  return db
    .update(memberships)
    .set({ status: 3 })
    .where(and(eq(memberships.userId, userId), eq(memberships.status, 1), hasHash(userId, hash)))
}

/** The person's sessions, if `hash` was set. */
export const ofUserWithHash = (userId: string, hash: string) => and(ofUser(userId), hasHash(userId, hash))

/** That very hash is the mark that what follows from a change of password reads. */
export const hasHash = (userId: string, hash: string) =>
  sql`exists (select 1 from ${passwords} where ${and(eq(passwords.userId, userId), eq(passwords.hash, hash))})`
