/** Roles: named sets of permissions of one tenant. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { Changes } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import type { Role } from './principals.ts'
import { memberships, roles, tenants } from './schema.ts'

export function insertRole(db: Db, role: Role) {
  return db.insert(roles).values(role).returning()
}

export function selectRole(db: Db, scope: string | null, id: string) {
  return db.select().from(roles).where(inScope(scope, id))
}

/** The role of a member, if the user is one. */
export function selectRoleOfMember(db: Db, tenantId: string, userId: string) {
  return db
    .select({ name: roles.name })
    .from(memberships)
    .innerJoin(roles, eq(roles.id, memberships.roleId))
    .where(and(eq(memberships.userId, userId), eq(memberships.tenantId, tenantId)))
}

interface RoleFilter {
  tenantId?: string | undefined
  name?: string | undefined
}

export function listRoles(
  db: Db,
  scope: string | null,
  { tenantId, name }: RoleFilter,
  page: PageRequest,
): Promise<Role[]> {
  return db
    .select()
    .from(roles)
    .where(
      and(
        matching(roles.tenantId, scope),
        matching(roles.tenantId, tenantId),
        matching(roles.name, name),
        gt(roles.id, page.after ?? ''),
      ),
    )
    .orderBy(asc(roles.id))
    .limit(oneMore(page))
}

export function updateRole(
  db: Db,
  scope: string | null,
  id: string,
  changes: Changes<Pick<Role, 'name' | 'permissions'>>,
  now: Date,
) {
  return db
    .update(roles)
    .set({ ...changes, updatedAt: now })
    .where(inScope(scope, id))
    .returning()
}

/** Not while the tenant gives it to whoever signs up; memberships hold on to it by their foreign key. */
export function deleteRole(db: Db, scope: string | null, id: string) {
  const forSignUp = sql`exists (select 1 from ${tenants}
    where ${tenants.id} = ${roles.tenantId} and json_extract(${tenants.signUp}, '$.roleId') = ${roles.id})`
  return db.delete(roles).where(and(inScope(scope, id), sql`not ${forSignUp}`))
}

const inScope = (scope: string | null, id: string) => and(eq(roles.id, id), matching(roles.tenantId, scope))
