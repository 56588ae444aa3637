/** Units of a tenant. */
import type { Changes } from '../../db/changes.ts'
import type { PageRequest } from '../../db/page.ts'
import { deleteUnit, insertUnit, listUnits as listRows, selectUnit, type Unit, updateUnit } from '../../db/units.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { found, orConflict } from './refusals.ts'
import { getTenant } from './tenants.ts'

export type { Unit }

type Fields = Pick<Unit, 'name' | 'description'>

export interface UnitKey {
  tenantId: string
  id: string
}

export async function createUnit(
  deps: Deps,
  actor: ApiKeyActor,
  { tenantId, name, description = '' }: Changes<Fields> & { tenantId: string; name: string },
): Promise<Unit> {
  const { db } = deps
  await getTenant(deps, actor, tenantId)
  const now = deps.now()
  const unit = { id: newId(), tenantId, name, description, createdAt: now, updatedAt: now }
  const [rows] = await orConflict(db.batch([insertUnit(db, unit), auditOfChange(deps, actor, entry('create', unit))]))
  return found(rows)
}

export async function getUnit(deps: Deps, actor: ApiKeyActor, { tenantId, id }: UnitKey): Promise<Unit> {
  await getTenant(deps, actor, tenantId)
  return found(await selectUnit(deps.db, tenantId, id))
}

export async function listUnits(
  deps: Deps,
  actor: ApiKeyActor,
  { tenantId, ...filter }: { tenantId: string; name?: string | undefined },
  page: PageRequest,
): Promise<Unit[]> {
  await getTenant(deps, actor, tenantId)
  return listRows(deps.db, tenantId, filter, page)
}

export async function changeUnit(
  deps: Deps,
  actor: ApiKeyActor,
  key: UnitKey,
  changes: Changes<Fields>,
): Promise<Unit> {
  const { db } = deps
  await getTenant(deps, actor, key.tenantId)
  const [rows] = await orConflict(
    db.batch([
      updateUnit(db, key.tenantId, key.id, changes, deps.now()),
      auditOfChange(deps, actor, entry('update', key)),
    ]),
  )
  return found(rows)
}

/** Its members lose it. Nothing happens when it is not there, or in a tenant that the key does not see. */
export async function removeUnit(deps: Deps, actor: ApiKeyActor, key: UnitKey): Promise<void> {
  if (actor.tenantId !== null && actor.tenantId !== key.tenantId) return
  const { db } = deps
  await db.batch([deleteUnit(db, key.tenantId, key.id), auditOfChange(deps, actor, entry('delete', key))])
}

const entry = (verb: string, { id, tenantId }: UnitKey) => ({
  action: `unit.${verb}`,
  target: { kind: 'unit', id },
  tenantId,
})
