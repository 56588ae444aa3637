/** Statements that go to the store together: one round trip, all or nothing. */
import type { BatchItem } from 'drizzle-orm/batch'
import type { Db } from '../deps.ts'

export type Statement = BatchItem<'sqlite'>

/** Runs statements whose answers do not matter. */
export async function runAll(db: Db, statements: Statement[]): Promise<void> {
  const [first, ...rest] = statements
  if (first) await db.batch([first, ...rest])
}

/** True when the error, or what caused it, is a key that exists already. */
export function isUniqueViolation(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (/UNIQUE constraint failed/i.test(at.message)) return true
  }
  return false
}

/** True when a row that is still referred to was to go, or a row that is not there was referred to. */
export function isForeignKeyViolation(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (/FOREIGN KEY constraint failed/i.test(at.message)) return true
  }
  return false
}
