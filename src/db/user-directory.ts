/** People as their administrators see them. A `scope` is the one tenant that a caller acts for, or null for all. */
import { and, asc, eq, getTableColumns, gt, inArray, or, type SQL, sql } from 'drizzle-orm'
import { union } from 'drizzle-orm/sqlite-core'
import type { Db } from '../deps.ts'
import { type Changes, mergeJson } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import { loginActivity, memberships, users } from './schema.ts'
import { ofUser } from './sessions.ts'
import { type Setting, settingsOfUser } from './user-settings.ts'
import { lookupKey, type NewUser, type User } from './users.ts'

export interface DirectoryUser extends User {
  settings: Setting[]
}

const directoryUser = { ...getTableColumns(users), settings: settingsOfUser }

const { id, defaultTenantId } = users
const membershipWhere = (condition: SQL) =>
  sql`exists (select 1 from ${memberships} where ${eq(memberships.userId, id)} and ${condition})`

/** Holds for a member of the tenant, and for somebody whose default it is. */
function visibleTo(scope: string | null): SQL | undefined {
  return scope === null ? undefined : or(eq(defaultTenantId, scope), membershipWhere(eq(memberships.tenantId, scope)))
}

/** Holds for somebody who belongs to this tenant and to no other: nobody may take over a person of another tenant. */
export function managedBy(scope: string | null): SQL | undefined {
  if (scope === null) return undefined
  const elsewhere = membershipWhere(sql`${memberships.tenantId} <> ${scope}`)
  return and(visibleTo(scope), sql`coalesce(${defaultTenantId}, ${scope}) = ${scope}`, sql`not ${elsewhere}`)
}

/** The user if visible, and whether the scope may change them. */
export function selectDirectoryUser(db: Db, scope: string | null, userId: string) {
  const managed = sql<boolean>`${managedBy(scope) ?? sql`true`}`.mapWith(Boolean)
  return db
    .select({ ...directoryUser, managed })
    .from(users)
    .where(and(eq(id, userId), visibleTo(scope)))
}

export interface UserFilter {
  /** Members of this tenant, and those whose default it is. */
  tenantId?: string | undefined
  username?: string | undefined
  email?: string | undefined
  status?: User['status'] | undefined
}

/** The filters are repeated in each half of the union, so that it need not collect more than one page. */
export function listUsers(
  db: Db,
  { tenantId, username, email, status }: UserFilter,
  page: PageRequest,
): Promise<DirectoryUser[]> {
  const after = page.after ?? ''
  const given = and(
    matching(users.usernameKey, username && lookupKey(username)),
    matching(users.emailKey, email && lookupKey(email)),
    matching(users.status, status),
  )
  const members = db
    .select({ id: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(id, memberships.userId))
    .where(and(eq(memberships.tenantId, tenantId ?? ''), gt(memberships.userId, after), given))
  const residents = db
    .select({ id })
    .from(users)
    .where(and(eq(defaultTenantId, tenantId ?? ''), gt(id, after), given))
  const ofTenant = union(members, residents).orderBy(sql`1`).limit(oneMore(page))
  return db
    .select(directoryUser)
    .from(users)
    .where(tenantId === undefined ? and(gt(id, after), given) : inArray(id, ofTenant))
    .orderBy(asc(id))
    .limit(oneMore(page))
}

export function insertUser(db: Db, user: NewUser) {
  return db.insert(users).values(user)
}

export type UserChanges = Omit<
  Changes<User>,
  'id' | 'usernameKey' | 'emailKey' | 'createdAt' | 'updatedAt' | 'lastLoginAt'
>

export function updateUser(
  db: Db,
  scope: string | null,
  userId: string,
  { profile, ...columns }: UserChanges,
  now: Date,
) {
  const { username, email } = columns
  return db
    .update(users)
    .set({
      ...columns,
      usernameKey: username && lookupKey(username),
      emailKey: email && lookupKey(email),
      profile: mergeJson(users.profile, profile),
      updatedAt: now,
    })
    .where(and(eq(id, userId), managedBy(scope)))
}

export function deleteUser(db: Db, scope: string | null, userId: string) {
  return db.delete(users).where(and(eq(id, userId), managedBy(scope)))
}

export function deleteActivityOfManaged(db: Db, scope: string | null, userId: string) {
  return db.delete(loginActivity).where(and(eq(loginActivity.actor, userId), existsManaged(scope, userId)))
}

export const ofManagedUser = (scope: string | null, userId: string) => and(ofUser(userId), existsManaged(scope, userId))

const existsManaged = (scope: string | null, userId: string) =>
  sql`exists (select 1 from ${users} where ${and(eq(id, userId), managedBy(scope))})`
