/** Who changed what; written in the batch of the change. */
import type { Db } from '../deps.ts'
import { audit } from './schema.ts'

export type AuditRow = typeof audit.$inferSelect
export type NewAuditRow = typeof audit.$inferInsert

export function insertAudit(db: Db, row: NewAuditRow) {
  return db.insert(audit).values(row)
}
