/** Tenants: the organisations. A `scope` is the one tenant that a caller may see, or null for all. */
import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { type Changes, mergeJson } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import type { Tenant } from './principals.ts'
import { loginActivity, tenants } from './schema.ts'

export function insertTenant(db: Db, tenant: Tenant) {
  return db.insert(tenants).values(tenant).returning()
}

/** `id` may be a sub-select. */
export function selectTenant(db: Db, id: string | SQL) {
  return db.select().from(tenants).where(eq(tenants.id, id))
}

export function selectTenantByKey(db: Db, key: string) {
  return db.select().from(tenants).where(eq(tenants.key, key))
}

export function listTenants(
  db: Db,
  scope: string | null,
  { key }: { key?: string | undefined },
  page: PageRequest,
): Promise<Tenant[]> {
  return db
    .select()
    .from(tenants)
    .where(and(matching(tenants.id, scope), matching(tenants.key, key), gt(tenants.id, page.after ?? '')))
    .orderBy(asc(tenants.id))
    .limit(oneMore(page))
}

export interface TenantChanges extends Omit<Changes<Tenant>, 'id' | 'signUp' | 'branding' | 'createdAt' | 'updatedAt'> {
  signUp?: Changes<Tenant['signUp']> | undefined
  branding?: Changes<Tenant['branding']> | undefined
}

export function updateTenant(db: Db, id: string, { signUp, branding, ...columns }: TenantChanges, now: Date) {
  return db
    .update(tenants)
    .set({
      ...columns,
      signUp: mergeJson(tenants.signUp, signUp),
      branding: mergeJson(tenants.branding, branding),
      updatedAt: now,
    })
    .where(eq(tenants.id, id))
    .returning()
}

/** The role for sign-ups, where the tenant has none yet. */
export function fillSignUpRole(db: Db, id: string, roleId: string, now: Date) {
  return db
    .update(tenants)
    .set({ signUp: mergeJson(tenants.signUp, { roleId }), updatedAt: now })
    .where(and(eq(tenants.id, id), sql`${tenants.signUp} ->> '$.roleId' is null`))
}

/** Takes everything with it that belongs to the tenant alone. */
export function deleteTenant(db: Db, id: string) {
  return db.delete(tenants).where(eq(tenants.id, id))
}

/** After the tenant is gone nobody may read them any more. */
export function deleteTenantActivity(db: Db, tenantId: string) {
  return db.delete(loginActivity).where(eq(loginActivity.tenantId, tenantId))
}
