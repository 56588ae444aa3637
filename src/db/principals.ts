/** A person in a tenant: everything that decides whether tokens may be given, and what they say. */
import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { clients, memberships, passwords, roles, secondFactors, tenants, users } from './schema.ts'
import { homeTenant } from './users.ts'

export type User = typeof users.$inferSelect
export type Tenant = typeof tenants.$inferSelect
export type Membership = typeof memberships.$inferSelect
export type Role = typeof roles.$inferSelect
export type SecondFactors = typeof secondFactors.$inferSelect

export interface Principal {
  user: User
  tenant: Tenant | null
  membership: Membership | null
  role: Role | null
  factors: SecondFactors | null
}

const principal = { user: users, tenant: tenants, membership: memberships, role: roles, factors: secondFactors }

/** The user with the password and the membership in the tenant, which is the user's default one unless it is named. */
export const selectLoginByUsername = (db: Db, usernameKey: string, tenantId?: string) =>
  selectLogin(db, eq(users.usernameKey, usernameKey), tenantId)
export const selectLoginById = (db: Db, userId: string | SQL) => selectLogin(db, eq(users.id, userId))
export type Login = Awaited<ReturnType<typeof selectLogin>>[number]

function selectLogin(db: Db, which: SQL, tenantId?: string) {
  return db
    .select({ ...principal, passwordHash: passwords.hash })
    .from(users)
    .leftJoin(passwords, eq(passwords.userId, users.id))
    .leftJoin(tenants, eq(tenants.id, tenantId ?? homeTenant))
    .leftJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.tenantId, tenants.id)))
    .leftJoin(roles, eq(roles.id, memberships.roleId))
    .leftJoin(secondFactors, eq(secondFactors.userId, users.id))
    .where(which)
}

/** The principal for a user and a tenant that `userId` and `tenantId` yield, which may be sub-selects. */
export function selectPrincipal(db: Db, { userId, tenantId }: { userId: string | SQL; tenantId: string | SQL }) {
  return db
    .select(principal)
    .from(users)
    .leftJoin(tenants, eq(tenants.id, tenantId))
    .leftJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.tenantId, tenants.id)))
    .leftJoin(roles, eq(roles.id, memberships.roleId))
    .leftJoin(secondFactors, eq(secondFactors.userId, users.id))
    .where(eq(users.id, userId))
}

/** Holds where the person may be in the tenant: for rows that join users, tenants and memberships. */
export const personAdmissible = and(
  eq(users.status, 'active'),
  eq(tenants.status, 'active'),
  inArray(memberships.status, [1, 3]),
)

/**
 * Holds where tokens may be given: for rows that join clients too.
 * The same rules in words of errors are in core/sessions/admission.ts; a test holds the two together.
 */
export const admissible = and(
  personAdmissible,
  eq(clients.status, 'active'),
  or(
    sql`${users.clientIds} is null`,
    sql`exists (select 1 from json_each(${users.clientIds}) where value = ${clients.clientId})`,
  ),
)
