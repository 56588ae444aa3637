/** Clients: the applications that people log in to. */
import { and, eq, getTableColumns, gt, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { clientOrigins, clients, sessions } from './schema.ts'

export type Client = typeof clients.$inferSelect

export function selectClientByClientId(db: Db, clientId: string) {
  return db.select().from(clients).where(eq(clients.clientId, clientId))
}

/** `id` may be a sub-select. */
export function selectClientById(db: Db, id: string | SQL) {
  return db.select().from(clients).where(eq(clients.id, id))
}

export function selectClientOfSession(db: Db, sessionId: string) {
  return db
    .select(getTableColumns(clients))
    .from(sessions)
    .innerJoin(clients, eq(clients.id, sessions.clientId))
    .where(eq(sessions.id, sessionId))
}

/**
 * Holds for the client that may act: active, and a confidential one with a secret whose digest is among `digests`
 * (the current secret, or the one before while its overlap lasts). A public client's secret is not looked at.
 */
export function verifiedClient(clientId: string, digests: string[], now: Date): SQL | undefined {
  return and(
    eq(clients.clientId, clientId),
    eq(clients.status, 'active'),
    or(
      eq(clients.type, 'public'),
      inArray(clients.secretDigest, digests),
      and(inArray(clients.previousSecretDigest, digests), gt(clients.previousSecretUntil, now)),
    ),
  )
}

export function selectVerifiedClient(db: Db, clientId: string, digests: string[], now: Date) {
  return db
    .select()
    .from(clients)
    .where(verifiedClient(clientId, digests, now))
}

export const existsVerifiedClient = (clientId: string, digests: string[], now: Date) =>
  sql`exists (select 1 from ${clients} where ${verifiedClient(clientId, digests, now)})`

/** True when an active client has registered the web origin. */
export async function isClientOrigin(db: Db, origin: string): Promise<boolean> {
  const found = await db
    .select({ origin: clientOrigins.origin })
    .from(clientOrigins)
    .innerJoin(clients, eq(clients.id, clientOrigins.clientId))
    .where(and(eq(clientOrigins.origin, origin), eq(clients.status, 'active')))
    .limit(1)
  return found.length > 0
}
