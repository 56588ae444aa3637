/** Roles of a tenant. */
import type { Changes } from '../../db/changes.ts'
import type { PageRequest } from '../../db/page.ts'
import type { Role } from '../../db/principals.ts'
import { deleteRole, insertRole, listRoles as listRows, selectRole, updateRole } from '../../db/roles.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { found, orConflict, requireTenant } from './refusals.ts'

export type { Role }

type Fields = Pick<Role, 'name' | 'permissions'>

const IN_USE = 'Members have this role, or those who sign up get it'

export async function createRole(
  deps: Deps,
  actor: ApiKeyActor,
  { tenantId, name, permissions = [] }: Changes<Fields> & { tenantId: string; name: string },
): Promise<Role> {
  const { db } = deps
  await requireTenant(deps, actor, tenantId)
  const now = deps.now()
  const role = { id: newId(), tenantId, name, permissions, createdAt: now, updatedAt: now }
  const [rows] = await orConflict(db.batch([insertRole(db, role), auditOfChange(deps, actor, entry('create', role))]))
  return found(rows)
}

export async function getRole(deps: Deps, actor: ApiKeyActor, id: string): Promise<Role> {
  return found(await selectRole(deps.db, actor.tenantId, id))
}

export function listRoles(
  deps: Deps,
  actor: ApiKeyActor,
  filter: { tenantId?: string | undefined; name?: string | undefined },
  page: PageRequest,
) {
  return listRows(deps.db, actor.tenantId, filter, page)
}

export async function changeRole(deps: Deps, actor: ApiKeyActor, id: string, changes: Changes<Fields>): Promise<Role> {
  const { db } = deps
  const role = await getRole(deps, actor, id)
  const [rows] = await orConflict(
    db.batch([
      updateRole(db, actor.tenantId, id, changes, deps.now()),
      auditOfChange(deps, actor, entry('update', role)),
    ]),
  )
  return found(rows)
}

/** Throws `conflict` while the role is in use; nothing happens when it is not there. */
export async function removeRole(deps: Deps, actor: ApiKeyActor, id: string): Promise<void> {
  const { db } = deps
  const [role] = await selectRole(db, actor.tenantId, id)
  if (!role) return
  const [, , left] = await orConflict(
    db.batch([
      deleteRole(db, actor.tenantId, id),
      auditOfChange(deps, actor, entry('delete', role)),
      selectRole(db, actor.tenantId, id),
    ]),
    IN_USE,
  )
  if (left.length > 0) throw new AppError('conflict', { detail: IN_USE })
}

const entry = (verb: string, { id, tenantId }: Pick<Role, 'id' | 'tenantId'>) => ({
  action: `role.${verb}`,
  target: { kind: 'role', id },
  tenantId,
})
