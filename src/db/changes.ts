/** What a PATCH gives: some of the columns. */
import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

export type Changes<Row> = { [Column in keyof Row]?: Row[Column] | undefined }

/** Sets the given members of a JSON column and keeps the others, whoever changes them meanwhile. */
export function mergeJson(column: SQLiteColumn, members: object | undefined): SQL | undefined {
  const given = Object.entries(members ?? {}).filter(([, value]) => value !== undefined)
  if (given.length === 0) return undefined
  const pairs = given.map(([name, value]) => sql`${`$.${name}`}, json(${JSON.stringify(value)})`)
  return sql`json_set(${column}, ${sql.join(pairs, sql`, `)})`
}
