/** Logins and links on their way through a provider: one-time secrets of one browser or user, and one kind of provider. */
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { consumeOneTimeSecret, type Use } from './one-time.ts'
import { clients, connections, oneTimeSecrets } from './schema.ts'

export const FEDERATION_FLOW = 'federation_flow'
export const IDENTITY_LINK = 'identity_link'

interface Returning {
  /** The digest of what the browser keeps. */
  browser: string
  /** The kind of provider that the browser comes back from. */
  kind: string
}

/** Only for the browser that started it, and only from the provider it went to; else it stays as it is. */
export function consumeFlow(db: Db, use: Use, { browser, kind }: Returning) {
  return consumeOneTimeSecret(db, use, and(eq(data('browser'), browser), eq(data('kind'), kind)))
}

/** Only for the user who asked for the link, and for the kind of provider that they asked for. */
export function consumeLinkCode(db: Db, use: Use, { userId, kind }: { userId: string; kind: string }) {
  return consumeOneTimeSecret(db, use, and(eq(oneTimeSecrets.userId, userId), eq(data('kind'), kind)))
}

/**
 * The flow, used or not, with its client, if it ends at one, and its connection; null where that is gone or disabled
 * meanwhile.
 */
export function selectFlow(db: Db, hash: string) {
  return db
    .select({ flow: oneTimeSecrets, client: clients, connection: connections })
    .from(oneTimeSecrets)
    .leftJoin(clients, eq(clients.id, oneTimeSecrets.clientId))
    .leftJoin(connections, and(eq(connections.id, data('connectionId')), eq(connections.status, 'active')))
    .where(and(eq(oneTimeSecrets.kind, FEDERATION_FLOW), eq(oneTimeSecrets.hash, hash)))
}

const data = (name: string): SQL => sql`json_extract(${oneTimeSecrets.data}, ${sql.raw(`'$.${name}'`)})`
