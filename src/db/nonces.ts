/** Nonces of signed requests: the conflict of the key is the answer. */
import { lt } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { nonces } from './schema.ts'

/** True for the first of any number of requests that carry the nonce. */
export async function insertNonce(db: Db, nonce: typeof nonces.$inferInsert): Promise<boolean> {
  const inserted = await db.insert(nonces).values(nonce).onConflictDoNothing().returning()
  return inserted.length > 0
}

export function deleteExpiredNonces(db: Db, before: Date) {
  return db.delete(nonces).where(lt(nonces.expiresAt, before))
}
