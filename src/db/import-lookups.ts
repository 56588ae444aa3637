/** What is there already of what an import brings: by id, or by what it is called. All of a batch in one statement each. */
import { and, eq, getTableColumns, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Db } from '../deps.ts'
import { listed } from './insert-many.ts'
import { clients, connections, identities, memberships, roles, tenants, units, users } from './schema.ts'

export interface Sought {
  ids: string[]
  /** The values of the columns that make the name. */
  keys: string[][]
}

export const soughtTenants = (db: Db, sought: Sought) =>
  db
    .select({ id: tenants.id, key: tenants.key })
    .from(tenants)
    .where(idOrKey(tenants.id, [tenants.key], sought))

export const soughtUnits = (db: Db, sought: Sought) =>
  db
    .select()
    .from(units)
    .where(idOrKey(units.id, [units.tenantId, units.name], sought))

export const soughtRoles = (db: Db, sought: Sought) =>
  db
    .select()
    .from(roles)
    .where(idOrKey(roles.id, [roles.tenantId, roles.name], sought))

export const soughtClients = (db: Db, sought: Sought) =>
  db
    .select({ id: clients.id, clientId: clients.clientId })
    .from(clients)
    .where(idOrKey(clients.id, [clients.clientId], sought))

export const soughtUsers = (db: Db, sought: Sought) =>
  db
    .select({ id: users.id, usernameKey: users.usernameKey })
    .from(users)
    .where(idOrKey(users.id, [users.usernameKey], sought))

export const soughtMemberships = (db: Db, sought: Sought) =>
  db
    .select({ id: memberships.id, userId: memberships.userId, tenantId: memberships.tenantId })
    .from(memberships)
    .where(idOrKey(memberships.id, [memberships.userId, memberships.tenantId], sought))

export const soughtIdentities = (db: Db, sought: Sought) =>
  db
    .select(getTableColumns(identities))
    .from(identities)
    .where(idOrKey(identities.id, [identities.connectionId, identities.subject], sought))

export const tenantsThere = (db: Db, ids: string[]) =>
  db
    .select({ id: tenants.id })
    .from(tenants)
    .where(inArray(tenants.id, listed(ids)))

export const usersThere = (db: Db, ids: string[]) =>
  db
    .select({ id: users.id })
    .from(users)
    .where(inArray(users.id, listed(ids)))

export const rolesThere = (db: Db, ids: string[]) =>
  db
    .select({ id: roles.id, tenantId: roles.tenantId })
    .from(roles)
    .where(inArray(roles.id, listed(ids)))

export const unitsThere = (db: Db, keys: string[][]) =>
  db
    .select({ id: units.id, tenantId: units.tenantId, name: units.name })
    .from(units)
    .where(within([units.tenantId, units.name], keys))

/** The active ones of these kinds, shared or a tenant's own. */
export const connectionsOfKinds = (db: Db, kinds: string[]) =>
  db
    .select({ id: connections.id, kind: connections.kind, tenantId: connections.tenantId })
    .from(connections)
    .where(and(inArray(connections.kind, listed(kinds)), eq(connections.status, 'active')))

const idOrKey = (id: SQLiteColumn, columns: SQLiteColumn[], { ids, keys }: Sought) =>
  or(inArray(id, listed(ids)), within(columns, keys))

function within(columns: SQLiteColumn[], keys: string[][]): SQL {
  const members = columns.map((_, at) => sql`value ->> ${sql.raw(String(at))}`)
  return sql`(${sql.join(columns, sql`, `)}) in
    (select ${sql.join(members, sql`, `)} from json_each(${JSON.stringify(keys)}))`
}
