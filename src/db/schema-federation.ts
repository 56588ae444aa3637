/** People who log in elsewhere: the providers we ask, who is whom there, and what a session owes its provider. */
import { index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { flag, id, instant, json, timestamps } from './columns.ts'
import { tenants, users } from './schema-directory.ts'

export const CONNECTION_KINDS = [
  'google',
  'apple',
  'azure',
  'facebook',
  'instagram',
  'keycloak',
  'cognito',
  'oidc',
  'saml',
] as const
export type ConnectionKind = (typeof CONNECTION_KINDS)[number]

export const ENDPOINT_NAMES = ['authorization', 'token', 'userinfo', 'jwks', 'revocation', 'endSession'] as const
export type EndpointName = (typeof ENDPOINT_NAMES)[number]

export interface SamlSettings {
  entityId: string
  ssoUrl: string
  /** PEM or bare base64 of DER; several at once while the identity provider changes keys. */
  certificates: string[]
  metadataUrl: string | null
}

/** Whose private key makes Apple's client secrets. */
export interface AppleSigner {
  teamId: string
  keyId: string
}

export const connections = sqliteTable(
  'connections',
  {
    id: id(),
    /** Null is shared: for tenants that have none of its kind. */
    tenantId: text().references(() => tenants.id, { onDelete: 'cascade' }),
    kind: text({ enum: CONNECTION_KINDS }).notNull(),
    name: text().notNull(),
    clientId: text(),
    /** Sealed. With `apple` it is the private key in PEM that signs the client secret, not the secret itself. */
    clientSecret: text(),
    apple: json<AppleSigner>(),
    issuer: text(),
    endpoints: json<Partial<Record<EndpointName, string>>>().notNull(),
    scopes: json<string[]>(),
    saml: json<SamlSettings>(),
    /** Sealed: our private key (PEM) for this connection; it signs requests and opens encrypted assertions. */
    samlKey: text(),
    /** From the provider's group to a role, by id or name. */
    groupRoles: json<Record<string, string>>().notNull(),
    allowUnsolicited: flag().notNull(),
    status: text({ enum: ['active', 'disabled'] }).notNull(),
    ...timestamps,
  },
  (table) => [
    index('connections_kind').on(table.kind, table.tenantId, table.id),
    index('connections_tenant').on(table.tenantId, table.id),
  ],
)

const connectionId = () =>
  text()
    .notNull()
    .references(() => connections.id, { onDelete: 'cascade' })

/** A person as one provider knows them. */
export const identities = sqliteTable(
  'identities',
  {
    id: id(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    connectionId: connectionId(),
    /** The provider's own stable id for the person; never the e-mail. */
    subject: text().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    unique('identities_subject').on(table.connectionId, table.subject),
    index('identities_user').on(table.userId, table.connectionId),
  ],
)

/**
 * Which connection a session came through. Written with the auth code, before there is a session: hence no foreign key;
 * the sweep removes what no standing session needs.
 */
export const providerSessions = sqliteTable(
  'provider_sessions',
  {
    sessionId: id(),
    connectionId: connectionId(),
    /** Sealed: the provider's tokens. Null where it gave none (SAML). */
    tokens: text(),
    createdAt: instant().notNull(),
    /** While one refresh asks the provider, the others do not: a rotating refresh token may be shown once only. */
    checkUntil: instant(),
    /** Set when the session has ended here and the provider is still to be told. */
    logoutDueAt: instant(),
    logoutAttempts: integer().notNull().default(0),
  },
  (table) => [
    index('provider_sessions_connection').on(table.connectionId),
    index('provider_sessions_logout').on(table.logoutDueAt),
    index('provider_sessions_created').on(table.createdAt),
  ],
)
