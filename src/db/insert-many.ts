/** Any number of rows in one statement: D1 binds 100 values at most, so the rows travel as one JSON text. */
import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../deps.ts'

/**
 * Every row must be whole. `onlyIf` is asked for each of them and reads it through `ofRow`; `computed` are columns that
 * the store finds out.
 */
export function insertMany<Table extends SQLiteTable>(
  db: Db,
  table: Table,
  rows: Required<Table['$inferInsert']>[],
  onlyIf: SQL = sql`true`,
  computed: Record<string, SQL> = {},
) {
  const columns = Object.entries(getTableColumns(table)).filter(([, { generated }]) => !generated)
  const encoded = rows.map((row: Record<string, unknown>) =>
    Object.fromEntries(columns.map(([name, column]) => [name, encode(row[name], column)])),
  )
  const values = columns.map(([name]) => computed[name] ?? ofRow(name))
  return db
    .insert(table)
    .select(sql`select ${sql.join(values, sql`, `)} from json_each(${JSON.stringify(encoded)}) where ${onlyIf}`)
}

/** A value of the row at hand, by the column's name in the schema. */
export const ofRow = (name: string) => sql`value ->> ${sql.raw(`'$.${name}'`)}`

/** For `in`: the values of a list. */
export const listed = (values: string[]) => sql`(select value from json_each(${JSON.stringify(values)}))`

type Column = ReturnType<typeof getTableColumns>[string]
const encode = (value: unknown, column: Column) => (value === null ? null : column.mapToDriverValue(value))
