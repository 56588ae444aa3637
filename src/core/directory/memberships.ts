/** Memberships: whoever has none in a tenant, or none that is active, has no session there. */
import {
  type MembershipChanges as Columns,
  type DirectoryMembership,
  deleteMembership,
  insertMembership,
  listMemberships as listRows,
  type MembershipKey,
  ofInactiveMember,
  replaceUnits,
  selectDirectoryMembership,
  updateMembership,
} from '../../db/memberships.ts'
import type { PageRequest } from '../../db/page.ts'
import type { Membership } from '../../db/principals.ts'
import { selectRole } from '../../db/roles.ts'
import { endSessions, ofMember } from '../../db/sessions.ts'
import { listKnownUnitNames } from '../../db/units.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { announceEnded } from '../sessions/state.ts'
import { found, orConflict, requireTenant, unknownReference } from './refusals.ts'
import { getUser } from './users.ts'

export type { DirectoryMembership }

export interface MembershipChanges extends Columns {
  /** Names of units of the tenant. */
  units?: string[] | undefined
}

export interface NewMembership extends MembershipChanges {
  tenantId: string
  roleId: string
}

/** Throws `not_found` for a person whom the key does not see, `conflict` for one who is a member already. */
export async function createMembership(deps: Deps, actor: ApiKeyActor, userId: string, input: NewMembership) {
  const { db } = deps
  const { tenantId, roleId, units = [] } = input
  await getUser(deps, actor, userId)
  await requireTenant(deps, actor, tenantId)
  await requireOfTenant(deps, tenantId, { roleId, units })
  const membership = membershipRow(userId, input, { id: newId(), now: deps.now() })
  const key = { scope: actor.tenantId, userId, id: membership.id }
  const [, , , , rows] = await orConflict(
    db.batch([
      insertMembership(db, membership),
      auditOfChange(deps, actor, entry('create', membership)),
      ...replaceUnits(db, membership, units),
      selectDirectoryMembership(db, key),
    ]),
  )
  return found(rows)
}

/** A new membership, with what is meant where nothing is said. */
export function membershipRow(
  userId: string,
  input: NewMembership,
  { id, now }: { id: string; now: Date },
): Membership {
  const { tenantId, roleId, status = 1, permissions } = input
  return {
    id,
    userId,
    tenantId,
    roleId,
    status,
    permissions: { allow: permissions?.allow ?? [], deny: permissions?.deny ?? [] },
    preferredUnit: null,
    createdAt: now,
    updatedAt: now,
  }
}

type OfUser = Omit<MembershipKey, 'scope'>

export async function getMembership(
  deps: Deps,
  actor: ApiKeyActor,
  { userId, id }: OfUser,
): Promise<DirectoryMembership> {
  return found(await selectDirectoryMembership(deps.db, { scope: actor.tenantId, userId, id }))
}

/** With the key of a tenant, the one in that tenant. Throws `not_found` for a person whom the key does not see. */
export async function listMemberships(
  deps: Deps,
  actor: ApiKeyActor,
  { userId, ...filter }: { userId: string; tenantId?: string | undefined },
  page: PageRequest,
) {
  await getUser(deps, actor, userId)
  return listRows(deps.db, { scope: actor.tenantId, userId }, filter, page)
}

/** Any status but ACTIVE and PASSWORD_CHANGE_NEEDED ends the person's sessions in the tenant. */
export async function changeMembership(
  deps: Deps,
  actor: ApiKeyActor,
  { userId, id }: OfUser,
  { units, ...columns }: MembershipChanges,
) {
  const { db } = deps
  const key = { scope: actor.tenantId, userId, id }
  const membership = found(await selectDirectoryMembership(db, key))
  await requireOfTenant(deps, membership.tenantId, { roleId: columns.roleId, units })
  const [, , ended, , , rows] = await orConflict(
    db.batch([
      updateMembership(db, key, columns, deps.now()),
      auditOfChange(deps, actor, entry('update', membership)),
      endSessions(db, ofInactiveMember(membership), 'blocked', deps.now()),
      ...replaceUnits(db, membership, units),
      selectDirectoryMembership(db, key),
    ]),
  )
  await announceEnded(deps, ended, 'blocked')
  return found(rows)
}

/** Ends the person's sessions in the tenant. Nothing happens when it is not there. */
export async function removeMembership(deps: Deps, actor: ApiKeyActor, { userId, id }: OfUser): Promise<void> {
  const { db } = deps
  const key = { scope: actor.tenantId, userId, id }
  const [membership] = await selectDirectoryMembership(db, key)
  if (!membership) return
  const [ended] = await db.batch([
    endSessions(db, ofMember(userId, membership.tenantId), 'revoked', deps.now()),
    deleteMembership(db, key),
    auditOfChange(deps, actor, entry('delete', membership)),
  ])
  await announceEnded(deps, ended, 'revoked')
}

async function requireOfTenant(
  { db }: Deps,
  tenantId: string,
  { roleId, units }: { roleId: string | undefined; units: string[] | undefined },
): Promise<void> {
  if (roleId !== undefined && (await selectRole(db, tenantId, roleId)).length === 0) throw unknownReference('roleId')
  if (!units?.length) return
  const known = await listKnownUnitNames(db, tenantId, units)
  const missing = units.findIndex((name) => !known.includes(name))
  if (missing >= 0) throw unknownReference(['units', missing])
}

const entry = (verb: string, { id, tenantId }: Pick<Membership, 'id' | 'tenantId'>) => ({
  action: `membership.${verb}`,
  target: { kind: 'membership', id },
  tenantId,
})
