/** Attempt counters. Counting is one statement, so that no number of parallel attempts slips through. */
import { and, eq, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { throttles } from './schema.ts'

interface Attempt {
  key: string
  windowSeconds: number
  now: Date
  /** The attempt counts only where this holds. */
  onlyIf?: SQL | undefined
}

/** For `onlyIf`, where nothing was guessed at all. */
export const NEVER = sql`false`

/** Adds one and answers the count; a window that has ended starts anew. */
export function countAttempt(db: Db, { key, windowSeconds, now, onlyIf }: Attempt) {
  const endsAt = now.getTime() + windowSeconds * 1000
  const over = sql`${throttles.endsAt} <= ${now.getTime()}`
  return db
    .insert(throttles)
    .select(sql`select ${key}, 1, ${endsAt} where ${onlyIf ?? sql`true`}`)
    .onConflictDoUpdate({
      target: throttles.key,
      set: {
        count: sql`case when ${over} then 1 else ${throttles.count} + 1 end`,
        endsAt: sql`case when ${over} then ${endsAt} else ${throttles.endsAt} end`,
      },
    })
    .returning()
}

/** What has been counted so far, in a window that has not ended. */
export function selectAttempts(db: Db, key: string, now: Date) {
  return db
    .select()
    .from(throttles)
    .where(and(eq(throttles.key, key), gt(throttles.endsAt, now)))
}

/** After a success nothing that went before counts. */
export function clearAttempts(db: Db, key: string) {
  return db.delete(throttles).where(eq(throttles.key, key))
}

/** Takes one attempt back: it turned out to be right. */
export function refundAttempt(db: Db, key: string) {
  return db
    .update(throttles)
    .set({ count: sql`max(${throttles.count} - 1, 0)` })
    .where(eq(throttles.key, key))
}

export function deleteEndedThrottles(db: Db, now: Date) {
  return db.delete(throttles).where(lt(throttles.endsAt, now))
}
