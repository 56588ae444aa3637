/** What proves that somebody is there: sessions, one-time secrets, attempt counters, signing keys. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id, instant, json } from './columns.ts'
import { tenants, users } from './schema-directory.ts'
import { clients } from './schema-programs.ts'

export type SessionEnd = 'logout' | 'reuse' | 'blocked' | 'revoked' | 'password'

export const sessions = sqliteTable(
  'sessions',
  {
    id: id(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tenantId: text()
      .notNull()
      .references(() => tenants.id, { onDelete: 'cascade' }),
    /** Null for sessions that no client opened (the hosted login). */
    clientId: text().references(() => clients.id, { onDelete: 'cascade' }),
    /** How the person logged in. */
    method: text().notNull(),
    /** Counts refreshes; names the one pair of tokens that is current. */
    generation: integer().notNull(),
    /** The activity row of the current pair; tells a refresh from its repetition. */
    activityId: text().notNull(),
    openedAt: instant().notNull(),
    /** When the current pair was issued; of a session without a client, when it was last used. */
    rotatedAt: instant().notNull(),
    expiresAt: instant().notNull(),
    endedAt: instant(),
    endReason: text().$type<SessionEnd>(),
    /** The unit that the gateway's services shall prefer; null leaves it to the membership's. */
    preferredUnit: text(),
  },
  (table) => [
    index('sessions_user').on(table.userId, table.tenantId),
    index('sessions_tenant').on(table.tenantId),
    index('sessions_client').on(table.clientId),
    index('sessions_expiry').on(table.expiresAt),
  ],
)

/** Every code, link and challenge that works once. Only the SHA-256 is kept. See one-time.ts. */
export const oneTimeSecrets = sqliteTable(
  'one_time_secrets',
  {
    kind: text().notNull(),
    hash: text().notNull(),
    clientId: text().references(() => clients.id, { onDelete: 'cascade' }),
    userId: text().references(() => users.id, { onDelete: 'cascade' }),
    tenantId: text().references(() => tenants.id, { onDelete: 'cascade' }),
    /** What the secret stands for; its shape goes with the kind. */
    data: json<Record<string, unknown>>().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
    /** The one use that won. */
    useId: text(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.hash] }),
    index('one_time_secrets_expiry').on(table.expiresAt),
    index('one_time_secrets_user').on(table.userId, table.kind),
  ],
)

/** Counts attempts in a window that starts with the first one. */
export const throttles = sqliteTable(
  'throttles',
  { key: text().primaryKey(), count: integer().notNull(), endsAt: instant().notNull() },
  (table) => [index('throttles_end').on(table.endsAt)],
)

export const signingKeys = sqliteTable('signing_keys', {
  /** The `kid`. */
  id: id(),
  alg: text().notNull(),
  publicJwk: json<Record<string, unknown>>().notNull(),
  /** Sealed; erased once the key no longer signs. */
  privateJwk: text(),
  createdAt: instant().notNull(),
  /** Signs from here until a newer key does. */
  signsFrom: instant().notNull(),
  /** Set when a newer key took over; published until the longest token has expired. */
  retiredAt: instant(),
})
