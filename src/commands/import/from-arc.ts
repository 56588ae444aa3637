/** From the ARC authentication service: a plain dump of its Postgres, or its tables as CSV. */
import { arcPeople } from './arc-people.ts'
import { CARRIED, type Cells, isTrue, LEFT } from './arc-tables.ts'
import { arcClients, arcRoles, arcTenants } from './arc-tenants.ts'
import { readTables } from './read/table-rows.ts'
import type { Choices, Outgoing, Source } from './source.ts'
import { openStaging } from './staging.ts'

export async function fromArc(choices: Choices): Promise<Source> {
  const { notes, paths } = choices
  const staging = openStaging()
  const strange = new Map<string, number>()
  for (const path of paths)
    for await (const { table, line, ...row } of readTables(path, (name) => name in CARRIED)) {
      const where = `${path}:${line}`
      const keyColumn = CARRIED[table]
      if ('flaw' in row) notes.left(table || 'a statement', row.flaw, where)
      else if (table in LEFT) notes.left(table, LEFT[table] ?? '', '')
      else if (keyColumn === undefined) strange.set(table, (strange.get(table) ?? 0) + 1)
      else if (isTrue(row.values['deleted'])) notes.left(table, 'deleted there', where)
      else if (!row.values[keyColumn]) notes.left(table, `without ${keyColumn}`, where)
      else staging.put(table, row.values[keyColumn], row.values satisfies Cells, where)
    }
  for (const [table, rows] of strange) notes.left(table, 'not a table of the authentication service', '', rows)
  if (staging.count(...Object.keys(CARRIED)) === 0)
    throw new Error(`There is nothing to import: no rows of ${Object.keys(CARRIED).join(', ')}.`)

  return {
    total: staging.count('tenants', 'auth_clients', 'users', 'user_tenants'),
    *lines(): Generator<Outgoing> {
      yield* arcTenants(staging, notes)
      const roles = arcRoles(staging, notes)
      yield* roles.lines
      yield* arcClients(staging, choices)
      yield* arcPeople(staging, notes, roles.idOf)
    },
    close: staging.close,
  }
}
