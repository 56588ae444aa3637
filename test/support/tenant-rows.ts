/** Everything in the store that is about one of some ids, to be compared with what is there later. */
import { is } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as schema from '../../src/db/schema.ts'
import type { App } from './ask.ts'

/** Attempts that failed are written down for those they were aimed at, whoever made them. */
const ONLY: Record<string, string> = { login_activity: `login_type <> 'FAILED'` }

/** Audit rows are sealed some time after the answer. */
const LATER = ['audit.hash']

/** For each table, a line for each row that has an id, or names one, in the JSON list ?1. D1 takes few unions. */
const ROWS = Object.values(schema).flatMap((table) => (is(table, SQLiteTable) ? rowsOf(table) : []))

function rowsOf(table: SQLiteTable): string[] {
  const { name, columns } = getTableConfig(table)
  const names = columns
    .map((column) => toSnakeCase(column.name))
    .filter((column) => !LATER.includes(`${name}.${column}`))
  const naming = names.filter((column) => /(^|_)id$|^actor$/.test(column))
  if (naming.length === 0) return []
  const about = naming.map((column) => `"${column}" in (select value from json_each(?1))`).join(' or ')
  const row = names.map((column) => `"${column}"`).join(', ')
  return [
    `select '${name}' as name, json_array(${row}) as row from "${name}" where (${about}) and ${ONLY[name] ?? true}`,
  ]
}

/** Sorted, so that equal contents are equal lists. */
export async function rowsAbout(app: App, ids: string[]): Promise<string[]> {
  const rows = await Promise.all(ROWS.map((sql) => app.rows(sql, JSON.stringify(ids))))
  return rows
    .flat()
    .map(({ name, row }) => `${name} ${row}`)
    .sort()
}
