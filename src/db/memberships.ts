/** Memberships: a person in a tenant. A `scope` is the one tenant that a caller acts for, or null for all. */
import { and, asc, eq, getTableColumns, gt, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { type Changes, mergeJson } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import type { Membership } from './principals.ts'
import { memberships, membershipUnits, units } from './schema.ts'
import { ofMember } from './sessions.ts'

export interface DirectoryMembership extends Membership {
  /** Names. */
  units: string[]
}

const unitNames = sql<string[]>`(select json_group_array(${units.name}) from ${membershipUnits}
  join ${units} on ${eq(units.id, membershipUnits.unitId)} where ${eq(membershipUnits.membershipId, memberships.id)})`
export const directoryMembership = {
  ...getTableColumns(memberships),
  units: unitNames.mapWith((names: string) => (JSON.parse(names) as string[]).sort()),
}

/** Which one: of whom, and seen by whom. */
export interface MembershipKey {
  scope: string | null
  userId: string
  id: string
}

export function insertMembership(db: Db, membership: Membership) {
  return db.insert(memberships).values(membership)
}

export function selectDirectoryMembership(db: Db, key: MembershipKey) {
  return db.select(directoryMembership).from(memberships).where(isKey(key))
}

export function listMemberships(
  db: Db,
  { scope, userId }: Omit<MembershipKey, 'id'>,
  { tenantId }: { tenantId?: string | undefined },
  page: PageRequest,
): Promise<DirectoryMembership[]> {
  return db
    .select(directoryMembership)
    .from(memberships)
    .where(
      and(
        eq(memberships.userId, userId),
        matching(memberships.tenantId, scope),
        matching(memberships.tenantId, tenantId),
        gt(memberships.id, page.after ?? ''),
      ),
    )
    .orderBy(asc(memberships.id))
    .limit(oneMore(page))
}

export interface MembershipChanges extends Changes<Pick<Membership, 'roleId' | 'status'>> {
  permissions?: Changes<Membership['permissions']> | undefined
}

export function updateMembership(
  db: Db,
  key: MembershipKey,
  { permissions, ...columns }: MembershipChanges,
  now: Date,
) {
  return db
    .update(memberships)
    .set({ ...columns, permissions: mergeJson(memberships.permissions, permissions), updatedAt: now })
    .where(isKey(key))
}

export function deleteMembership(db: Db, key: MembershipKey) {
  return db.delete(memberships).where(isKey(key))
}

/** The units that are not named go, those that are new come; without names all stay. */
export function replaceUnits(
  db: Db,
  { id, tenantId }: Pick<Membership, 'id' | 'tenantId'>,
  names: string[] | undefined,
) {
  const list = names ? JSON.stringify(names) : null
  const named = sql`${eq(units.tenantId, tenantId)} and ${units.name} in (select value from json_each(${list}))`
  const gone = sql`${list} is not null and ${membershipUnits.unitId} not in (select ${units.id} from ${units} where ${named})`
  return [
    db.delete(membershipUnits).where(and(eq(membershipUnits.membershipId, id), gone)),
    db
      .insert(membershipUnits)
      .select(sql`select ${id}, ${units.id} from ${units} where ${named}`)
      .onConflictDoNothing(),
  ] as const
}

/** The units of new memberships, by name. */
export function addUnits(db: Db, members: (Pick<Membership, 'id' | 'tenantId'> & { units: string[] })[]) {
  const pairs = members.flatMap(({ id, tenantId, units: names }) => names.map((name) => [id, tenantId, name]))
  return db.insert(membershipUnits).select(
    sql`select value ->> 0, ${units.id} from json_each(${JSON.stringify(pairs)}) cross join ${units}
      where ${units.tenantId} = value ->> 1 and ${units.name} = value ->> 2`,
  )
}

/** The person's sessions in the tenant, if the membership does not let them have any. */
export const ofInactiveMember = ({ id, userId, tenantId }: Pick<Membership, 'id' | 'userId' | 'tenantId'>) =>
  and(
    ofMember(userId, tenantId),
    sql`(select ${memberships.status} from ${memberships} where ${eq(memberships.id, id)}) not in (1, 3)`,
  )

const isKey = ({ scope, userId, id }: MembershipKey) =>
  and(eq(memberships.id, id), eq(memberships.userId, userId), matching(memberships.tenantId, scope))
