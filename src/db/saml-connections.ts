/** SAML connections whose identity providers publish what they are. */
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { Connection } from './connections.ts'
import { connections, type SamlSettings } from './schema.ts'

/** Any of them, so that each has its turn. */
export function listWithMetadata(db: Db, limit: number): Promise<Connection[]> {
  const published = sql`json_extract(${connections.saml}, '$.metadataUrl') is not null`
  return db
    .select()
    .from(connections)
    .where(and(eq(connections.kind, 'saml'), eq(connections.status, 'active'), published))
    .orderBy(sql`random()`)
    .limit(limit)
}

/** Nothing when the connection was changed since it was read. */
export function replaceSettings(db: Db, { id, updatedAt }: Connection, saml: SamlSettings, now: Date) {
  return db
    .update(connections)
    .set({ saml, updatedAt: now })
    .where(and(eq(connections.id, id), eq(connections.updatedAt, updatedAt)))
}
