/** The MACs of audit rows and of their seals, where a new master key takes over. */
import { and, eq, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Db } from '../deps.ts'
import type { AuditRow } from './audit.ts'
import type { AuditSeal } from './audit-chain.ts'
import { audit, auditSeals } from './schema.ts'

/** Those that another key made than the one that `mark` names. */
const madeOtherwise = (mac: SQLiteColumn, mark: string) => sql`substr(${mac}, 1, ${mark.length}) <> ${mark}`

export function listRowsProvedOtherwise(db: Db, mark: string, limit: number) {
  return db.select().from(audit).where(madeOtherwise(audit.mac, mark)).limit(limit)
}

export function listSealsProvedOtherwise(db: Db, mark: string, limit: number) {
  return db.select().from(auditSeals).where(madeOtherwise(auditSeals.mac, mark)).limit(limit)
}

export async function countProvedOtherwise(db: Db, mark: string): Promise<number> {
  const rows = await db.$count(audit, madeOtherwise(audit.mac, mark))
  return rows + (await db.$count(auditSeals, madeOtherwise(auditSeals.mac, mark)))
}

export function replaceRowProof(db: Db, { id, mac }: Pick<AuditRow, 'id' | 'mac'>, proof: string) {
  return db
    .update(audit)
    .set({ mac: proof })
    .where(and(eq(audit.id, id), eq(audit.mac, mac ?? '')))
}

export function replaceSealProof(db: Db, { n, mac }: Pick<AuditSeal, 'n' | 'mac'>, proof: string) {
  return db
    .update(auditSeals)
    .set({ mac: proof })
    .where(and(eq(auditSeals.n, n), eq(auditSeals.mac, mac)))
}
