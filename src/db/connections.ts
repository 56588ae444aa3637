/** Connections: the providers that people may log in with. A `scope` is the one tenant that a caller acts for, or null. */
import { and, asc, eq, gt, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { Changes } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import { clients, connections, providerSessions, sessions } from './schema.ts'

export type Connection = typeof connections.$inferSelect

export function insertConnection(db: Db, connection: Connection) {
  return db.insert(connections).values(connection).returning()
}

export function selectConnection(db: Db, scope: string | null, id: string) {
  return db.select().from(connections).where(inScope(scope, id))
}

export interface ConnectionFilter {
  tenantId?: string | undefined
  kind?: Connection['kind'] | undefined
  name?: string | undefined
  status?: Connection['status'] | undefined
}

export function listConnections(
  db: Db,
  scope: string | null,
  { tenantId, kind, name, status }: ConnectionFilter,
  page: PageRequest,
): Promise<Connection[]> {
  return db
    .select()
    .from(connections)
    .where(
      and(
        matching(connections.tenantId, scope),
        matching(connections.tenantId, tenantId),
        matching(connections.kind, kind),
        matching(connections.name, name),
        matching(connections.status, status),
        gt(connections.id, page.after ?? ''),
      ),
    )
    .orderBy(asc(connections.id))
    .limit(oneMore(page))
}

export type ConnectionChanges = Omit<Changes<Connection>, 'id' | 'tenantId' | 'kind' | 'createdAt' | 'updatedAt'>

export function updateConnection(db: Db, scope: string | null, id: string, changes: ConnectionChanges, now: Date) {
  return db
    .update(connections)
    .set({ ...changes, updatedAt: now })
    .where(inScope(scope, id))
    .returning()
}

export function deleteConnection(db: Db, scope: string | null, id: string) {
  return db.delete(connections).where(inScope(scope, id))
}

/**
 * The connection that a client's people log in with: that of the client's default tenant, else the shared one. A tenant
 * that has one of this kind, though disabled, has decided for itself.
 */
export function selectConnectionOfClient(db: Db, kind: Connection['kind'], clientId: string) {
  const tenant = sql`(select ${clients.defaultTenantId} from ${clients} where ${eq(clients.clientId, clientId)})`
  const own = sql`exists (select 1 from connections own where own.kind = ${kind} and own.tenant_id = ${tenant})`
  return db
    .select()
    .from(connections)
    .where(
      and(
        eq(connections.kind, kind),
        eq(connections.status, 'active'),
        or(sql`${connections.tenantId} = ${tenant}`, and(isNull(connections.tenantId), sql`not ${own}`)),
      ),
    )
    .orderBy(asc(connections.id))
    .limit(1)
}

/** Those that a tenant's people may log in with: its own, and the shared ones of each kind that it has none of. */
export function listConnectionsOfTenant(db: Db, tenantId: string): Promise<Connection[]> {
  const own = sql`exists (select 1 from connections own where own.kind = ${connections.kind} and own.tenant_id = ${tenantId})`
  return db
    .select()
    .from(connections)
    .where(
      and(
        or(eq(connections.tenantId, tenantId), and(isNull(connections.tenantId), sql`not ${own}`)),
        eq(connections.status, 'active'),
      ),
    )
    .orderBy(asc(connections.id))
}

/** Sessions that came through the connection. */
export function throughConnection(db: Db, id: string): SQL {
  return inArray(sessions.id, throughIt(db, id))
}

/** The same, if the connection is disabled. */
export function throughDisabledConnection(db: Db, id: string): SQL {
  const disabled = and(eq(connections.id, id), eq(connections.status, 'disabled'))
  return sql`${throughConnection(db, id)} and exists (select 1 from ${connections} where ${disabled})`
}

const throughIt = (db: Db, id: string) =>
  db.select({ id: providerSessions.sessionId }).from(providerSessions).where(eq(providerSessions.connectionId, id))

const inScope = (scope: string | null, id: string) => and(eq(connections.id, id), matching(connections.tenantId, scope))
