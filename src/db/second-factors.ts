/** Authenticator apps and recovery codes. Each time step and each recovery code is spent by one conditional statement. */
import { and, eq, lt, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { oneTimeSecrets, secondFactors } from './schema.ts'

export type SecondFactors = typeof secondFactors.$inferSelect

export const RECOVERY_CODE = 'recovery_code'
/** Recovery codes do not expire: the end of the year 9999. */
const NEVER_MS = 253_402_300_799_000

/** Spends the time step; of any number of uses of the same code one gets a row. */
export function consumeTimeStep(db: Db, userId: string, step: number) {
  return db
    .update(secondFactors)
    .set({ lastStep: step })
    .where(and(eq(secondFactors.userId, userId), lt(secondFactors.lastStep, step)))
    .returning({ userId: secondFactors.userId })
}

/** A new secret that waits for its first code. */
export function putPendingSecret(db: Db, userId: string, pendingSecret: string) {
  return db
    .insert(secondFactors)
    .values({ userId, pendingSecret, lastStep: 0 })
    .onConflictDoUpdate({ target: secondFactors.userId, set: { pendingSecret } })
}

interface Confirmation {
  userId: string
  /** The sealed pending secret as it was read; a newer one is not confirmed. */
  pending: string
  /** The secret sealed anew: also the mark of this very confirmation. */
  secret: string
  step: number
  now: Date
}

export function confirmPendingSecret(db: Db, { userId, pending, secret, step, now }: Confirmation) {
  return db
    .update(secondFactors)
    .set({ secret, pendingSecret: null, confirmedAt: now, lastStep: step })
    .where(and(eq(secondFactors.userId, userId), eq(secondFactors.pendingSecret, pending)))
    .returning({ userId: secondFactors.userId })
}

/** Removes the codes of before, if the confirmation with this mark took place. */
export function deleteReplacedRecoveryCodes(db: Db, userId: string, mark: string) {
  return db
    .delete(oneTimeSecrets)
    .where(and(eq(oneTimeSecrets.kind, RECOVERY_CODE), eq(oneTimeSecrets.userId, userId), confirmedWith(userId, mark)))
}

/** Keeps the digests of new codes, if the confirmation with this mark took place. */
export function insertRecoveryCodes(db: Db, userId: string, mark: string, hashes: string[]) {
  return db.insert(oneTimeSecrets).select(
    sql`select ${RECOVERY_CODE}, value, null, ${userId}, null, '{}', ${NEVER_MS}, null, null
      from json_each(${JSON.stringify(hashes)}) where ${confirmedWith(userId, mark)}`,
  )
}

/**
 * Notes that a second factor was completed; the first time counts. A new app that still waits is forgotten: it may have
 * been put there by somebody who knew the password only.
 */
export function establishSecondFactor(db: Db, userId: string, now: Date) {
  return db
    .insert(secondFactors)
    .values({ userId, lastStep: 0, establishedAt: now })
    .onConflictDoUpdate({
      target: secondFactors.userId,
      set: {
        pendingSecret: null,
        establishedAt: sql`coalesce(${secondFactors.establishedAt}, ${now.getTime()})`,
      },
    })
}

/** Forgets everything: the person starts anew. */
export function deleteSecondFactors(db: Db, userId: string) {
  const recoveryCodes = and(eq(oneTimeSecrets.kind, RECOVERY_CODE), eq(oneTimeSecrets.userId, userId))
  return [
    db.delete(secondFactors).where(eq(secondFactors.userId, userId)),
    db.delete(oneTimeSecrets).where(recoveryCodes),
  ] as const
}

const confirmedWith = (userId: string, mark: string) =>
  sql`exists (select 1 from ${secondFactors} where ${and(eq(secondFactors.userId, userId), eq(secondFactors.secret, mark))})`
