/**
 * Rows that can no longer matter. Spent secrets stay a day longer, so that a replay is still told from nonsense, and from
 * the first use also after a clock was wrong for a while.
 */
import { lt } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { deleteExpiredNonces } from './nonces.ts'
import { deleteSpentProviderSessions } from './provider-sessions.ts'
import { oneTimeSecrets, sessions } from './schema.ts'
import { deleteEndedThrottles } from './throttles.ts'

export async function sweep(db: Db, now: Date, dayAgo: Date): Promise<void> {
  await db.batch([
    deleteEndedThrottles(db, now),
    deleteExpiredNonces(db, dayAgo),
    db.delete(oneTimeSecrets).where(lt(oneTimeSecrets.expiresAt, dayAgo)),
    db.delete(sessions).where(lt(sessions.expiresAt, dayAgo)),
    deleteSpentProviderSessions(db, dayAgo),
  ])
}
