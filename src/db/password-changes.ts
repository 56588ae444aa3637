/** Changing a password: the new hash is the mark that everything which follows from the change reads. */
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { type Use, wonBy } from './one-time.ts'
import { hasHash } from './passwords.ts'
import { memberships, oneTimeSecrets, passwords } from './schema.ts'
import { endSessions, ofUser } from './sessions.ts'

interface Change {
  userId: string
  hash: string
  now: Date
}

/** Only where the hash is still the one that was checked. */
export function replacePassword(db: Db, from: string, { userId, hash, now }: Change) {
  return db
    .update(passwords)
    .set({ hash, changedAt: now })
    .where(and(eq(passwords.userId, userId), eq(passwords.hash, from)))
    .returning({ userId: passwords.userId })
}

/** Only for the one use of the link that won. */
export function setPasswordByLink(db: Db, use: Use, hash: string) {
  const set = { hash, changedAt: use.now }
  return db
    .insert(passwords)
    .select(
      sql`select ${oneTimeSecrets.userId}, ${hash}, ${use.now.getTime()} from ${oneTimeSecrets} where ${wonBy(use)}`,
    )
    .onConflictDoUpdate({ target: passwords.userId, set })
}

/** A password that had to be changed has been; every session of the person ends. Nothing, if the change did not happen. */
export function afterPasswordChange(db: Db, { userId, hash, now }: Change) {
  const changed = hasHash(userId, hash)
  const due = and(eq(memberships.userId, userId), eq(memberships.status, 3), changed)
  return [
    db.update(memberships).set({ status: 1, updatedAt: now }).where(due),
    endSessions(db, and(ofUser(userId), changed), 'password', now),
  ] as const
}
