/** Where people may sign up, and what makes them members. */
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { clients, memberships, roles, tenants } from './schema.ts'

/** The mode inside the policy; an index on this very expression finds the tenants that are open. */
const mode = sql`${tenants.signUp} ->> '$.mode'`

/** The tenant by key, else by a client's default, else those that are open: two at most, which is one too many. */
export function selectSignUpTenants(
  db: Db,
  { key, clientId }: { key?: string | undefined; clientId?: string | undefined },
) {
  const ofClient = sql`(select ${clients.defaultTenantId} from ${clients} where ${eq(clients.clientId, clientId ?? '')})`
  const open = and(sql`${mode} in ('open', 'domains')`, eq(tenants.status, 'active'))
  const which =
    key !== undefined ? eq(tenants.key, key) : clientId !== undefined ? sql`${tenants.id} = ${ofClient}` : open
  return db.select().from(tenants).where(which).limit(2)
}

/** The role of those whom the tenant names no role for: it may do nothing. */
export const PLAIN_ROLE = 'member'

export function insertPlainRole(db: Db, id: string, tenantId: string, now: Date) {
  const row = { id, tenantId, name: PLAIN_ROLE, permissions: [], createdAt: now, updatedAt: now }
  return db.insert(roles).values(row).onConflictDoNothing()
}

interface NewMember {
  id: string
  userId: string
  tenantId: string
  /** Null for the plain role, which must be there. */
  roleId: string | null
  now: Date
}

export function insertMember(db: Db, { id, userId, tenantId, roleId, now }: NewMember) {
  const plain = sql<string>`(select ${roles.id} from ${roles} where ${and(eq(roles.tenantId, tenantId), eq(roles.name, PLAIN_ROLE))})`
  return db.insert(memberships).values({
    id,
    userId,
    tenantId,
    roleId: roleId ?? plain,
    status: 1,
    permissions: { allow: [], deny: [] },
    createdAt: now,
    updatedAt: now,
  })
}
