/** Clients as their administrators see them: with their origins, without their secrets. */
import { and, asc, eq, getTableColumns, gt, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { Changes } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import { clientOrigins, clients } from './schema.ts'

const { secret, secretDigest, previousSecret, previousSecretDigest, previousSecretUntil, ...shown } =
  getTableColumns(clients)

const origins = sql<string[]>`(select json_group_array(${clientOrigins.origin}) from ${clientOrigins}
  where ${eq(clientOrigins.clientId, clients.id)})`.mapWith(JSON.parse)

const directoryClient = { ...shown, origins }

export interface DirectoryClient extends Pick<typeof clients.$inferSelect, keyof typeof shown> {
  origins: string[]
}

export type NewClient = typeof clients.$inferInsert

export function insertClient(db: Db, client: NewClient) {
  return db.insert(clients).values(client)
}

export function selectDirectoryClient(db: Db, scope: string | null, id: string) {
  return db.select(directoryClient).from(clients).where(inScope(scope, id))
}

export interface ClientFilter {
  clientId?: string | undefined
  defaultTenantId?: string | undefined
}

export function listClients(
  db: Db,
  scope: string | null,
  filter: ClientFilter,
  page: PageRequest,
): Promise<DirectoryClient[]> {
  return db
    .select(directoryClient)
    .from(clients)
    .where(
      and(
        matching(clients.defaultTenantId, scope),
        matching(clients.defaultTenantId, filter.defaultTenantId),
        matching(clients.clientId, filter.clientId),
        gt(clients.id, page.after ?? ''),
      ),
    )
    .orderBy(asc(clients.id))
    .limit(oneMore(page))
}

export type ClientChanges = Omit<
  Changes<Pick<DirectoryClient, Exclude<keyof typeof shown, 'id' | 'createdAt' | 'updatedAt'>>>,
  'clientId'
>

export function updateClient(db: Db, scope: string | null, id: string, changes: ClientChanges, now: Date) {
  return db
    .update(clients)
    .set({ ...changes, updatedAt: now })
    .where(inScope(scope, id))
}

export function deleteClient(db: Db, scope: string | null, id: string) {
  return db.delete(clients).where(inScope(scope, id))
}

interface Secret {
  secret: string
  secretDigest: string
}

/** The current secret becomes the previous one, good until `previousUntil`; null ends it at once. */
export function rotateSecret(
  db: Db,
  scope: string | null,
  id: string,
  { next, previousUntil, now }: { next: Secret; previousUntil: Date | null; now: Date },
) {
  return db
    .update(clients)
    .set({
      ...next,
      previousSecret: previousUntil && sql`${clients.secret}`,
      previousSecretDigest: previousUntil && sql`${clients.secretDigest}`,
      previousSecretUntil: previousUntil,
      updatedAt: now,
    })
    .where(inScope(scope, id))
}

/** The origins that are not listed go, those that are new come; without a list all stay. */
export function replaceOrigins(db: Db, clientId: string, origins: string[] | undefined) {
  const list = origins ? JSON.stringify(origins) : null
  const gone = sql`${list} is not null and ${clientOrigins.origin} not in (select value from json_each(${list}))`
  return [
    db.delete(clientOrigins).where(and(eq(clientOrigins.clientId, clientId), gone)),
    db
      .insert(clientOrigins)
      .select(sql`select ${clientId}, value from json_each(${list}) where true`)
      .onConflictDoNothing(),
  ] as const
}

const inScope = (scope: string | null, id: string) => and(eq(clients.id, id), matching(clients.defaultTenantId, scope))
