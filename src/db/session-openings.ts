/** Sessions that no client opens. Whether the person may have one is decided in the statement that makes it. */
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { personAdmissible } from './principals.ts'
import { memberships, sessions, tenants, users } from './schema.ts'

interface Opening {
  id: string
  userId: string
  tenantId: string
  method: string
  activityId: string
  now: Date
  lifetimeSeconds: number
}

/** Answers a row if the session was opened. */
export function insertSession(db: Db, opening: Opening, onlyIf?: SQL) {
  const now = opening.now.getTime()
  const person = and(eq(users.id, opening.userId), eq(tenants.id, opening.tenantId), personAdmissible, onlyIf)
  return db
    .insert(sessions)
    .select(
      db
        .select({
          id: sql<string>`${opening.id}`.as('id'),
          userId: users.id,
          tenantId: tenants.id,
          clientId: sql<null>`null`.as('client_id'),
          method: sql<string>`${opening.method}`.as('method'),
          generation: sql<number>`1`.as('generation'),
          activityId: sql<string>`${opening.activityId}`.as('activity_id'),
          openedAt: sql<Date>`${now}`.as('opened_at'),
          rotatedAt: sql<Date>`${now}`.as('rotated_at'),
          expiresAt: sql<Date>`${now + opening.lifetimeSeconds * 1000}`.as('expires_at'),
          endedAt: sql<null>`null`.as('ended_at'),
          endReason: sql<null>`null`.as('end_reason'),
          preferredUnit: sql<null>`null`.as('preferred_unit'),
        })
        .from(users)
        .innerJoin(memberships, eq(memberships.userId, users.id))
        .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
        .where(person),
    )
    .returning({ id: sessions.id })
}

/** Holds where the statement before it in the batch, which spends something, found it unspent. */
export const spentJustNow = sql`changes() > 0`
