/** The roles that a mapping of groups names, and what they make of a member. */
import { and, eq, or, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { Membership } from './principals.ts'
import { memberships, roles } from './schema.ts'
import { PLAIN_ROLE } from './sign-ups.ts'

/** Each by its id or its name. */
export function selectRolesNamed(db: Db, tenantId: string, names: string[]) {
  const named = sql`(select value from json_each(${JSON.stringify(names)}))`
  return db
    .select({ id: roles.id, name: roles.name })
    .from(roles)
    .where(and(eq(roles.tenantId, tenantId), or(sql`${roles.id} in ${named}`, sql`${roles.name} in ${named}`)))
}

/** Null is the plain role, which must be there. Nothing if the role was changed meanwhile. */
export function changeMemberRole(
  db: Db,
  { id, tenantId, roleId: before }: Membership,
  roleId: string | null,
  now: Date,
) {
  const plain = sql`(select ${roles.id} from ${roles} where ${and(eq(roles.tenantId, tenantId), eq(roles.name, PLAIN_ROLE))})`
  return db
    .update(memberships)
    .set({ roleId: roleId ?? plain, updatedAt: now })
    .where(and(eq(memberships.id, id), eq(memberships.roleId, before)))
}
