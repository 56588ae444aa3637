/** What the gateway reads and writes of sessions, units and tenants. */
import { and, eq, gt, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { personAdmissible } from './principals.ts'
import { memberships, membershipUnits, sessions, tenants, units, users } from './schema.ts'

/** The session, whether its person may still be in its tenant, and the units there. */
export function selectStanding(db: Db, sessionId: string) {
  const membership = and(eq(memberships.userId, sessions.userId), eq(memberships.tenantId, sessions.tenantId))
  const admitted = sql<number>`exists (select 1 from ${users}, ${tenants}, ${memberships} where ${and(
    eq(users.id, sessions.userId),
    eq(tenants.id, sessions.tenantId),
    membership,
    personAdmissible,
  )})`
  const names = sql<string>`(select json_group_array(name) from (select ${units.name} as name from ${memberships}
    inner join ${membershipUnits} on ${eq(membershipUnits.membershipId, memberships.id)}
    inner join ${units} on ${eq(units.id, membershipUnits.unitId)} where ${membership} order by ${units.name}))`
  const usual = sql<string | null>`(select ${memberships.preferredUnit} from ${memberships} where ${membership})`
  const { userId, tenantId, generation, endedAt, endReason, openedAt, expiresAt, preferredUnit } = sessions
  return db
    .select({
      userId,
      tenantId,
      generation,
      endedAt,
      endReason,
      openedAt,
      expiresAt,
      admitted: admitted.as('admitted'),
      units: names.as('unit_names'),
      preferred: sql<string | null>`coalesce(${preferredUnit}, ${usual})`.as('preferred'),
    })
    .from(sessions)
    .where(eq(sessions.id, sessionId))
}

/** Stores the unit for the session and for the person, if the person is in it. Answers a row when so. */
export function setPreferredUnit(db: Db, { sessionId, unit }: { sessionId: string; unit: string }) {
  const inUnit = (membership: SQL) => sql`exists (select 1 from ${membershipUnits}
    inner join ${units} on ${eq(units.id, membershipUnits.unitId)}
    where ${membershipUnits.membershipId} = ${membership} and ${eq(units.name, unit)})`
  const ofSession = sql`(select ${memberships.id} from ${memberships}
    where ${memberships.userId} = ${sessions.userId} and ${memberships.tenantId} = ${sessions.tenantId})`
  const person = sql`(select ${sessions.userId} from ${sessions} where ${eq(sessions.id, sessionId)})`
  const tenant = sql`(select ${sessions.tenantId} from ${sessions} where ${eq(sessions.id, sessionId)})`
  return [
    db
      .update(sessions)
      .set({ preferredUnit: unit })
      .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt), inUnit(ofSession)))
      .returning({ id: sessions.id }),
    db
      .update(memberships)
      .set({ preferredUnit: unit })
      .where(and(eq(memberships.userId, person), eq(memberships.tenantId, tenant), inUnit(sql`${memberships.id}`))),
  ] as const
}

/** Leaves the mark that the activity row reads. */
export function endGatewaySession(
  db: Db,
  { sessionId, activityId, now }: { sessionId: string; activityId: string; now: Date },
) {
  return db
    .update(sessions)
    .set({ endedAt: now, endReason: 'logout', activityId })
    .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)))
    .returning({ id: sessions.id })
}

/** The idle time starts anew, for a session that stands; it was used now. */
export function extendSession(
  db: Db,
  { sessionId, now, expiresAt }: { sessionId: string; now: Date; expiresAt: Date },
) {
  return db
    .update(sessions)
    .set({ expiresAt, rotatedAt: now })
    .where(
      and(
        eq(sessions.id, sessionId),
        isNull(sessions.clientId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
        lt(sessions.expiresAt, expiresAt),
      ),
    )
}

/** Whatever the gateway decides by: which organisations there are, where they may lead, and their units. Reads all of it. */
export async function readGatewayState(db: Db) {
  const { id, key, status, callbackUrls, updatedAt } = tenants
  const [organisations, [unitState]] = await db.batch([
    db.select({ id, key, status, callbackUrls, updatedAt }).from(tenants).orderBy(id),
    db.select({ version: sql<string>`coalesce(max(${units.updatedAt}), 0) || ':' || count(*)` }).from(units),
  ])
  return { organisations, units: unitState?.version ?? '' }
}

/** Throws what a store throws that does not answer. */
export async function requireStore(db: Db): Promise<void> {
  await db.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, ''))
}
