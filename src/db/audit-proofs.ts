/** The MACs of audit rows and of their seals, where a new master key takes over. */
import { and, eq, notInArray, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Db } from '../deps.ts'
import type { AuditRow } from './audit.ts'
import type { AuditSeal } from './audit-chain.ts'
import { audit, auditSeals } from './schema.ts'

/** Those that the key made which `mark` names, or claim to be. Marks are of one length. */
const madeWith = (mac: SQLiteColumn, mark: string) => sql`substr(${mac}, 1, ${mark.length}) = ${mark}`
const madeWithNone = (mac: SQLiteColumn, marks: string[]) =>
  notInArray(sql`substr(${mac}, 1, ${marks[0]?.length ?? 0})`, marks)

export function listRowsProvedWith(db: Db, mark: string, limit: number) {
  return db.select().from(audit).where(madeWith(audit.mac, mark)).limit(limit)
}

export function listSealsProvedWith(db: Db, mark: string, limit: number) {
  return db.select().from(auditSeals).where(madeWith(auditSeals.mac, mark)).limit(limit)
}

export async function countProvedWith(db: Db, mark: string): Promise<number> {
  const rows = await db.$count(audit, madeWith(audit.mac, mark))
  return rows + (await db.$count(auditSeals, madeWith(auditSeals.mac, mark)))
}

/** Of those that have a MAC. */
export async function countProvedWithNone(db: Db, marks: string[]): Promise<number> {
  const rows = await db.$count(audit, madeWithNone(audit.mac, marks))
  return rows + (await db.$count(auditSeals, madeWithNone(auditSeals.mac, marks)))
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
