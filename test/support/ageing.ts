/** Time passes in D1 by making its rows older, because the clock of workerd cannot be moved. */
import { is } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as schema from '../../src/db/schema.ts'

const OWNERS = ['id', 'user_id', 'client_id', 'tenant_id']

/**
 * A statement for each table that has times: every time in it moves ?1 milliseconds into the past, in those rows that are,
 * or belong to, one of the ids in the JSON list ?2. Attempt counters belong to nobody; all of them move. Audit rows stay, because
 * their time is proved.
 */
export const AGEING = Object.values(schema).flatMap((table) => (is(table, SQLiteTable) ? ageingOf(table) : []))

function ageingOf(table: SQLiteTable): string[] {
  const { name, columns } = getTableConfig(table)
  const namesOf = (some: typeof columns) => some.map((column) => toSnakeCase(column.name))
  const times = namesOf(columns.filter(({ dataType }) => dataType === 'date'))
  const owners = namesOf(columns).filter((column) => OWNERS.includes(column))
  const owned =
    name === 'throttles' ? ['?2 is not null'] : owners.map((owner) => `"${owner}" in (select value from json_each(?2))`)
  if (times.length === 0 || owned.length === 0 || name === 'audit') return []
  return [
    `update "${name}" set ${times.map((time) => `"${time}" = "${time}" - ?1`).join(', ')} where ${owned.join(' or ')}`,
  ]
}
