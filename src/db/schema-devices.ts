/** Whom an application knows by which name, the phones and passkeys of people, and the signatures that were seen. */
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flag, id, instant, json } from './columns.ts'
import { users } from './schema-directory.ts'
import { clients } from './schema-programs.ts'

const clientId = () =>
  text()
    .notNull()
    .references(() => clients.id, { onDelete: 'cascade' })

const userId = () =>
  text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

/** An application's own names for its users; nobody outside the application is ever known by them. */
export const applicationUsers = sqliteTable(
  'application_users',
  {
    clientId: clientId(),
    /** As the application gave it. */
    externalId: text().notNull(),
    userId: userId().unique(),
    createdAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.externalId] })],
)

/** The public half of a native app's P-256 key. */
export interface DeviceKey {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

export const devices = sqliteTable(
  'devices',
  {
    id: id(),
    clientId: clientId(),
    userId: userId(),
    status: text({ enum: ['active', 'disabled'] }).notNull(),
    /** Null for a device that holds a passkey. */
    publicKey: json<DeviceKey>(),
    platform: text().notNull(),
    name: text().notNull(),
    /** Sealed. */
    pushToken: text(),
    createdAt: instant().notNull(),
    disabledAt: instant(),
    lastUsedAt: instant(),
  },
  (table) => [
    uniqueIndex('devices_one_active').on(table.userId).where(sql`status = 'active'`),
    index('devices_user').on(table.userId),
    index('devices_client').on(table.clientId),
  ],
)

export const passkeys = sqliteTable(
  'passkeys',
  {
    /** The credential id, base64url. */
    id: id(),
    userId: userId(),
    /** The device of the devices family that holds it; null for one that a person enrolled. */
    deviceId: text().references(() => devices.id, { onDelete: 'cascade' }),
    /** COSE, base64url. */
    publicKey: text().notNull(),
    /** Of signatures; one that does not grow betrays a copy. Zero for authenticators that do not count. */
    counter: integer().notNull(),
    transports: json<string[]>().notNull(),
    /** Kept by its provider for all of the person's devices. */
    synced: flag().notNull(),
    name: text().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant(),
  },
  (table) => [index('passkeys_user').on(table.userId), index('passkeys_device').on(table.deviceId)],
)

/** Signed requests that were let in; the key's conflict finds a replay. */
export const nonces = sqliteTable(
  'nonces',
  { clientId: clientId(), nonce: text().notNull(), expiresAt: instant().notNull() },
  (table) => [primaryKey({ columns: [table.clientId, table.nonce] }), index('nonces_expiry').on(table.expiresAt)],
)
