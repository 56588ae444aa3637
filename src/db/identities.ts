/** Who is whom at a provider. */
import { and, asc, eq, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { type ConnectionKind, connections, identities, memberships, users } from './schema.ts'
import { managedBy } from './user-directory.ts'
import { tenantOfUser } from './users.ts'
import { hasWayIn } from './ways-in.ts'

export type Identity = typeof identities.$inferSelect

export function insertIdentity(db: Db, identity: Identity) {
  return db.insert(identities).values(identity)
}

export function selectIdentity(db: Db, connectionId: string, subject: string) {
  return db
    .select()
    .from(identities)
    .where(and(eq(identities.connectionId, connectionId), eq(identities.subject, subject)))
}

/** Everybody who has the address, or has it for a username; `managed` is whether `scope` may speak for them. */
export function selectUsersOfAddress(db: Db, scope: string | null, addressKey: string) {
  const { id, emailKey, emailVerified, authProvider } = users
  return db
    .select({ id, emailKey, emailVerified, authProvider, managed: managed(scope) })
    .from(users)
    .where(or(eq(users.emailKey, addressKey), eq(users.usernameKey, addressKey)))
    .limit(10)
}

/** Whether `scope` may speak for the person. */
export function selectManaged(db: Db, scope: string | null, userId: string | SQL) {
  return db
    .select({ managed: managed(scope) })
    .from(users)
    .where(sql`${users.id} = ${userId}`)
}

/** `preferred` where the person is a member there, else their default tenant. */
export function landingTenant(userId: string, preferred: string): SQL {
  const member = and(eq(memberships.userId, userId), eq(memberships.tenantId, preferred))
  return sql`coalesce((select ${memberships.tenantId} from ${memberships} where ${member}),
    ${tenantOfUser(userId)})`
}

export function listIdentities(db: Db, userId: string) {
  return db
    .select({ kind: connections.kind, name: connections.name, linkedAt: identities.createdAt })
    .from(identities)
    .innerJoin(connections, eq(connections.id, identities.connectionId))
    .where(eq(identities.userId, userId))
    .orderBy(asc(identities.id))
}

/** Those at providers of this kind, if the person can still get in without them. */
export function deleteIdentities(db: Db, userId: string, kind: ConnectionKind) {
  const ofKind = sql`${identities.connectionId} in (select ${connections.id} from ${connections} where ${eq(connections.kind, kind)})`
  return db
    .delete(identities)
    .where(and(eq(identities.userId, userId), ofKind, hasWayIn(userId, { kind })))
    .returning({ id: identities.id })
}

const managed = (scope: string | null) => sql<boolean>`${managedBy(scope) ?? sql`true`}`.mapWith(Boolean)
