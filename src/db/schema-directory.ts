/** Tenants, and the people in them. */
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { flag, id, instant, json, timestamps } from './columns.ts'

export interface SignUpPolicy {
  mode: 'off' | 'open' | 'domains'
  roleId: string | null
  emailDomains: string[]
}

export interface Branding {
  name: string
  logoUrl: string | null
  color: string
}

export const tenants = sqliteTable(
  'tenants',
  {
    id: id(),
    key: text().notNull().unique(),
    name: text().notNull(),
    status: text({ enum: ['active', 'suspended'] }).notNull(),
    loginMethods: json<string[]>().notNull(),
    signUp: json<SignUpPolicy>().notNull(),
    secondFactor: text({ enum: ['off', 'optional', 'required'] }).notNull(),
    callbackUrls: json<string[]>().notNull(),
    branding: json<Branding>().notNull(),
    locale: text().notNull(),
    ...timestamps,
  },
  (table) => [index('tenants_sign_up_mode').on(sql`${table.signUp} ->> '$.mode'`)],
)

const tenantId = () =>
  text()
    .notNull()
    .references(() => tenants.id, { onDelete: 'cascade' })

export const units = sqliteTable(
  'units',
  { id: id(), tenantId: tenantId(), name: text().notNull(), description: text().notNull(), ...timestamps },
  (table) => [unique('units_tenant_name').on(table.tenantId, table.name)],
)

export const roles = sqliteTable(
  'roles',
  { id: id(), tenantId: tenantId(), name: text().notNull(), permissions: json<string[]>().notNull(), ...timestamps },
  (table) => [unique('roles_tenant_name').on(table.tenantId, table.name)],
)

export const users = sqliteTable(
  'users',
  {
    id: id(),
    username: text().notNull(),
    /** Lower case: what is compared. */
    usernameKey: text().notNull().unique(),
    email: text(),
    emailKey: text(),
    emailVerified: flag().notNull(),
    phone: text(),
    firstName: text(),
    lastName: text(),
    locale: text(),
    authProvider: text().notNull(),
    /** The `clientId`s the user may use; null is all. */
    clientIds: json<string[]>(),
    defaultTenantId: text().references(() => tenants.id, { onDelete: 'set null' }),
    status: text({ enum: ['active', 'blocked'] }).notNull(),
    secondFactorRequired: flag().notNull(),
    /** The rest of a person's profile; no rule depends on it. */
    profile: json<Record<string, string | number | null>>().notNull(),
    lastLoginAt: instant(),
    ...timestamps,
  },
  (table) => [
    index('users_email').on(table.emailKey),
    index('users_default_tenant').on(table.defaultTenantId, table.id),
  ],
)

const userId = () =>
  text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const passwords = sqliteTable('passwords', {
  userId: userId().primaryKey(),
  /** A PHC string of argon2id, or what an imported user brought along (bcrypt, PBKDF2) until the next login. */
  hash: text().notNull(),
  changedAt: instant().notNull(),
})

export const userSettings = sqliteTable(
  'user_settings',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    userId: userId(),
    category: text().notNull(),
    group: text().notNull(),
    name: text().notNull(),
    value: text().notNull(),
    type: text().notNull(),
    description: text().notNull(),
    readOnly: flag().notNull(),
  },
  (table) => [unique('user_settings_name').on(table.userId, table.category, table.group, table.name)],
)

/** 0 REGISTERED, 1 ACTIVE, 2 INACTIVE, 3 PASSWORD_CHANGE_NEEDED, 4 REJECTED. */
export type MembershipStatus = 0 | 1 | 2 | 3 | 4

export const memberships = sqliteTable(
  'memberships',
  {
    id: id(),
    userId: userId(),
    tenantId: tenantId(),
    roleId: text()
      .notNull()
      .references(() => roles.id),
    status: integer().$type<MembershipStatus>().notNull(),
    permissions: json<{ allow: string[]; deny: string[] }>().notNull(),
    preferredUnit: text(),
    ...timestamps,
  },
  (table) => [
    unique('memberships_user_tenant').on(table.userId, table.tenantId),
    index('memberships_tenant').on(table.tenantId, table.userId),
    index('memberships_role').on(table.roleId),
  ],
)

export const membershipUnits = sqliteTable(
  'membership_units',
  {
    membershipId: text()
      .notNull()
      .references(() => memberships.id, { onDelete: 'cascade' }),
    unitId: text()
      .notNull()
      .references(() => units.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.membershipId, table.unitId] }),
    index('membership_units_unit').on(table.unitId),
  ],
)
