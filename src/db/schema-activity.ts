/** What happened: logins, changes, and in development the messages that were sent. */
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { id, instant, json } from './columns.ts'

export const loginActivity = sqliteTable(
  'login_activity',
  {
    id: id(),
    /** The user's id; empty when no user was recognised. */
    actor: text().notNull(),
    tenantId: text(),
    loginTime: instant().notNull(),
    loginType: text({ enum: ['ACCESS', 'RELOGIN', 'LOGOUT', 'FAILED'] }).notNull(),
    method: text().notNull(),
    deviceInfo: text().notNull(),
    /** Sealed. */
    ipAddress: text().notNull(),
    /** The sealed claims without `iat` and `exp`, which follow from loginTime and tokenSeconds. Empty without a token. */
    tokenPayload: text().notNull(),
    /** What the payload is sealed for. */
    sessionId: text().notNull(),
    tokenSeconds: integer(),
  },
  (table) => [
    index('login_activity_tenant').on(table.tenantId, table.loginTime, table.id),
    index('login_activity_id').on(table.tenantId, table.id),
    index('login_activity_actor').on(table.tenantId, table.actor, table.loginTime, table.id),
    index('login_activity_person').on(table.actor),
  ],
)

export const audit = sqliteTable(
  'audit',
  {
    id: id(),
    tenantId: text(),
    actorKind: text().notNull(),
    actorId: text(),
    action: text().notNull(),
    targetKind: text().notNull(),
    targetId: text().notNull(),
    at: instant().notNull(),
    requestId: text().notNull(),
    /** The tenant's id, or the empty text for what belongs to no tenant. */
    chain: text().generatedAlwaysAs(sql`coalesce(tenant_id, '')`, { mode: 'virtual' }),
    /** The place in the chain; what was there before there were chains has 0 and less. */
    seq: integer(),
    /** Proves that we wrote the row. */
    mac: text(),
    /** The chain up to here; null until it is sealed. */
    hash: text(),
  },
  (table) => [
    uniqueIndex('audit_chain').on(table.chain, table.seq),
    index('audit_unsealed').on(table.chain, table.seq).where(sql`${table.hash} is null`),
    index('audit_at').on(table.at, table.id),
    index('audit_tenant').on(table.tenantId, table.at, table.id),
    index('audit_target').on(table.targetId, table.at, table.id),
    index('audit_actor').on(table.actorId, table.at, table.id),
    index('audit_action').on(table.action, table.at, table.id),
  ],
)

/** How far each chain was sealed, one after the other: a chain over all chains, which holds them at their length. */
export const auditSeals = sqliteTable(
  'audit_seals',
  {
    n: integer().primaryKey(),
    chain: text().notNull(),
    /** The last row that is sealed, and its hash. */
    seq: integer().notNull(),
    hash: text().notNull(),
    at: instant().notNull(),
    /** Over this seal and the log before it. */
    log: text().notNull(),
    mac: text().notNull(),
  },
  (table) => [uniqueIndex('audit_seals_chain').on(table.chain, table.seq)],
)

/** Development only: what the delivery port would have sent. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: id(),
    to: text().notNull(),
    channel: text({ enum: ['mail', 'sms'] }).notNull(),
    subject: text().notNull(),
    text: text().notNull(),
    html: text(),
    links: json<string[]>().notNull(),
    code: text(),
    createdAt: instant().notNull(),
  },
  (table) => [index('outbox_to').on(table.to, table.id)],
)
