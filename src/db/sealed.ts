/** Sealed columns, whatever their table: what is not under the current master key, and putting it there. */
import { and, eq, getTableColumns, gt, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../deps.ts'
import type { Statement } from './batch.ts'

export interface SealedColumn {
  column: SQLiteColumn
  /** The primary key of its table. */
  key: SQLiteColumn
  /** What the identity that the value is sealed with is made of; the primary key where it is left out. */
  subject?: SQLiteColumn
  /** The column of the keyed digest of the same value, if there is one. */
  digest?: SQLiteColumn
}

export interface SealedValue {
  key: string
  subject: string
  sealed: string
}

/** Values whose seal does not begin with `mark`. */
export function listSealedOtherwise(db: Db, from: SealedColumn, mark: string, limit: number): Promise<SealedValue[]> {
  const { column, key, subject = key } = from
  const fields = { key: sql<string>`${key}`, subject: sql<string>`${subject}`, sealed: sql<string>`${column}` }
  return db
    .select(fields)
    .from(column.table as SQLiteTable)
    .where(sealedOtherwise(from, mark))
    .orderBy(key)
    .limit(limit)
}

export async function countSealedOtherwise(db: Db, from: SealedColumn, mark: string): Promise<number> {
  return db.$count(from.column.table as SQLiteTable, sealedOtherwise(from, mark))
}

/** Only where the value is still the one that was opened. */
export function replaceSealed(
  db: Db,
  { column, key, digest }: SealedColumn,
  before: SealedValue,
  after: { sealed: string; digest: string },
): Statement {
  const table = column.table as SQLiteTable
  const changes = { [nameOf(column)]: after.sealed, ...(digest ? { [nameOf(digest)]: after.digest } : {}) }
  return db
    .update(table)
    .set(changes)
    .where(and(eq(key, before.key), eq(column, before.sealed)))
}

/** In the order of the primary key. The empty text stands for nothing that was ever sealed. */
function sealedOtherwise({ column, key }: SealedColumn, mark: string): SQL | undefined {
  return and(gt(key, ''), gt(column, ''), sql`substr(${column}, 1, ${mark.length}) <> ${mark}`)
}

/** The property that drizzle knows the column by. */
function nameOf(column: SQLiteColumn): string {
  const [name] = Object.entries(getTableColumns(column.table)).find(([, candidate]) => candidate === column) ?? []
  if (!name) throw new Error(`no such column: ${column.name}`)
  return name
}
