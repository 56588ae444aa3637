/** What the provider's groups make of a member's role. The provider decides only about the roles that its groups give. */
import type { Connection } from '../../db/connections.ts'
import { changeMemberRole, selectRolesNamed } from '../../db/member-roles.ts'
import { type Principal, selectPrincipal } from '../../db/principals.ts'
import { insertPlainRole } from '../../db/sign-ups.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import { SYSTEM } from '../actor.ts'
import { newId } from '../crypto.ts'
import type { Profile } from './profile.ts'

type Source = { connection: Connection; profile: Profile }

/**
 * The first group of the mapping that the person is in decides. Somebody who has left all of them loses the role that
 * one of them gave, and gets that of a sign-up. Nothing happens where the provider says nothing about groups.
 */
export async function applyGroupRoles(deps: Deps, source: Source, principal: Principal): Promise<Principal> {
  const { user, tenant, membership } = principal
  const mapping = Object.entries(source.connection.groupRoles)
  const { groups } = source.profile
  if (!tenant || !membership || !groups || mapping.length === 0) return principal
  const { db } = deps
  const roles = await selectRolesNamed(
    db,
    tenant.id,
    mapping.map(([, role]) => role),
  )
  const given = mapping
    .filter(([group]) => groups.includes(group))
    .flatMap(([, name]) => roles.find((role) => role.id === name || role.name === name) ?? [])
  const lost = roles.some(({ id }) => id === membership.roleId)
  const roleId = given[0]?.id ?? (lost ? tenant.signUp.roleId : membership.roleId)
  if (roleId === membership.roleId) return principal
  if (roleId === null) await insertPlainRole(db, newId(), tenant.id, deps.now())

  const entry = { action: 'membership.role', target: { kind: 'membership', id: membership.id }, tenantId: tenant.id }
  const [, , [changed]] = await db.batch([
    changeMemberRole(db, membership, roleId, deps.now()),
    auditOfChange(deps, SYSTEM, entry),
    selectPrincipal(db, { userId: user.id, tenantId: tenant.id }),
  ])
  return changed ?? principal
}
