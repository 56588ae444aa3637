/** What the delivery port would have sent; development only. */
import { desc, eq } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { outbox } from './schema.ts'

export type OutboxMessage = typeof outbox.$inferSelect

/** Newest first. */
export function listOutboxMessages(db: Db, { to, limit }: { to?: string | undefined; limit: number }) {
  return db
    .select()
    .from(outbox)
    .where(to === undefined ? undefined : eq(outbox.to, to))
    .orderBy(desc(outbox.id))
    .limit(limit)
}
