/** What an export reads beside the lists: everything that belongs to a page of people, and secrets as they are stored. */
import { and, asc, eq, gt, inArray, isNotNull, isNull, or } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { listed } from './insert-many.ts'
import { directoryMembership } from './memberships.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import { clients, connections, identities, memberships, passwords, secondFactors, units } from './schema.ts'

/** Units of all tenants, or of one. */
export const listUnitsOfAll = (db: Db, scope: string | null, page: PageRequest) =>
  db
    .select()
    .from(units)
    .where(and(matching(units.tenantId, scope), gt(units.id, page.after ?? '')))
    .orderBy(asc(units.id))
    .limit(oneMore(page))

export const membershipsOf = (db: Db, scope: string | null, userIds: string[]) =>
  db
    .select(directoryMembership)
    .from(memberships)
    .where(and(inArray(memberships.userId, listed(userIds)), matching(memberships.tenantId, scope)))
    .orderBy(asc(memberships.userId), asc(memberships.tenantId))

/** A tenant sees those at its own connections and at shared ones. */
export const identitiesOf = (db: Db, scope: string | null, userIds: string[]) =>
  db
    .select({
      id: identities.id,
      userId: identities.userId,
      kind: connections.kind,
      connectionId: identities.connectionId,
      subject: identities.subject,
    })
    .from(identities)
    .innerJoin(connections, eq(connections.id, identities.connectionId))
    .where(
      and(
        inArray(identities.userId, listed(userIds)),
        scope === null ? undefined : or(eq(connections.tenantId, scope), isNull(connections.tenantId)),
      ),
    )
    .orderBy(asc(identities.userId), asc(identities.id))

export const hashesOf = (db: Db, userIds: string[]) =>
  db
    .select({ userId: passwords.userId, hash: passwords.hash })
    .from(passwords)
    .where(inArray(passwords.userId, listed(userIds)))

/** Sealed, of confirmed apps only; and whoever has completed a second factor without one. */
export const secondFactorsOf = (db: Db, userIds: string[]) =>
  db
    .select({
      userId: secondFactors.userId,
      secret: secondFactors.secret,
      establishedAt: secondFactors.establishedAt,
    })
    .from(secondFactors)
    .where(
      and(
        inArray(secondFactors.userId, listed(userIds)),
        or(isNotNull(secondFactors.secret), isNotNull(secondFactors.establishedAt)),
      ),
    )

/** Sealed. */
export const clientSecretsOf = (db: Db, ids: string[]) =>
  db
    .select({ id: clients.id, secret: clients.secret })
    .from(clients)
    .where(inArray(clients.id, listed(ids)))
