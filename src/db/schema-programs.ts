/** The programs: applications that people log in to, and keys with which programs act by themselves. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { flag, id, instant, json, timestamps } from './columns.ts'
import { tenants, users } from './schema-directory.ts'

export const clients = sqliteTable(
  'clients',
  {
    id: id(),
    clientId: text().notNull().unique(),
    name: text().notNull(),
    type: text({ enum: ['confidential', 'public'] }).notNull(),
    status: text({ enum: ['active', 'disabled'] }).notNull(),
    defaultTenantId: text().references(() => tenants.id, { onDelete: 'set null' }),
    redirectUrl: text(),
    redirectUris: json<string[]>().notNull(),
    accessTokenExpiration: integer().notNull(),
    refreshTokenExpiration: integer().notNull(),
    authCodeExpiration: integer().notNull(),
    signatureVersions: json<number[]>().notNull(),
    /** Sealed, because a request signature is checked with the secret itself. */
    secret: text().notNull(),
    /** Keyed digest of the secret, so that SQL can check one that is presented. */
    secretDigest: text().notNull(),
    previousSecret: text(),
    previousSecretDigest: text(),
    previousSecretUntil: instant(),
    ...timestamps,
  },
  (table) => [index('clients_default_tenant').on(table.defaultTenantId, table.id)],
)

/** The web origins whose pages may read answers; a table, so that one origin is found without a scan. */
export const clientOrigins = sqliteTable(
  'client_origins',
  {
    clientId: text()
      .notNull()
      .references(() => clients.id, { onDelete: 'cascade' }),
    origin: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.origin, table.clientId] }),
    index('client_origins_client').on(table.clientId),
  ],
)

export const apiKeys = sqliteTable(
  'api_keys',
  {
    /** A decimal integer, as the account family shows it. */
    id: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    description: text().notNull(),
    tenantId: text().references(() => tenants.id, { onDelete: 'cascade' }),
    ownerId: text().references(() => users.id, { onDelete: 'cascade' }),
    permissions: integer().notNull(),
    expireDate: instant(),
    revoked: flag().notNull(),
    hash: text().notNull().unique(),
    /** The last four characters, to recognise a key by. */
    lastFour: text().notNull(),
    ...timestamps,
  },
  (table) => [index('api_keys_tenant').on(table.tenantId, table.id), index('api_keys_owner').on(table.ownerId)],
)
