/** The sessions of one person in one tenant, as that person sees and ends them. */
import { and, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { clients, connections, loginActivity, providerSessions, sessions } from './schema.ts'
import { ofMember } from './sessions.ts'

interface Own {
  userId: string
  tenantId: string
  /** The one that asks. */
  sessionId: string
  now: Date
}

const standing = ({ userId, tenantId, now }: Own) =>
  and(ofMember(userId, tenantId), isNull(sessions.endedAt), gt(sessions.expiresAt, now))

/** The one that asks comes first, then the one that was used last. */
export function selectOwnSessions(db: Db, own: Own, limit: number) {
  const isThis = eq(sessions.id, own.sessionId)
  return db
    .select({
      id: sessions.id,
      isThis: sql<number>`${isThis}`.as('is_this'),
      method: sessions.method,
      openedAt: sessions.openedAt,
      usedAt: sessions.rotatedAt,
      client: sql<string | null>`${clients.name}`.as('client'),
      connection: sql<string | null>`${connections.name}`.as('connection'),
      activityId: sessions.activityId,
      deviceInfo: loginActivity.deviceInfo,
      ipAddress: loginActivity.ipAddress,
    })
    .from(sessions)
    .leftJoin(clients, eq(clients.id, sessions.clientId))
    .leftJoin(providerSessions, eq(providerSessions.sessionId, sessions.id))
    .leftJoin(connections, eq(connections.id, providerSessions.connectionId))
    .leftJoin(loginActivity, eq(loginActivity.id, sessions.activityId))
    .where(standing(own))
    .orderBy(desc(isThis), desc(sessions.rotatedAt))
    .limit(limit)
}

/** What is to be written about the end of one session; its id is the mark that the end leaves. */
export interface Ending {
  id: string
  sessionId: string
  ipAddress: string
}

/** Ends `only`, or all but the one that asks, which itself must stand. */
export function endOwnSessions(db: Db, own: Own, endings: Ending[], only?: string) {
  const mark = sql`(select value ->> 'id' from json_each(${JSON.stringify(endings)}) where value ->> 'sessionId' = ${sessions.id})`
  const asking = db
    .select({ one: sql`1` })
    .from(sql`${sessions} asking`)
    .where(sql`asking.id = ${own.sessionId} and asking.ended_at is null and asking.expires_at > ${own.now.getTime()}`)
  return db
    .update(sessions)
    .set({ endedAt: own.now, endReason: 'logout', activityId: sql`coalesce(${mark}, ${sessions.activityId})` })
    .where(
      and(
        standing(own),
        only === undefined ? ne(sessions.id, own.sessionId) : eq(sessions.id, only),
        sql`exists ${asking}`,
      ),
    )
    .returning({ id: sessions.id })
}

/** A row for each session that carries its mark: that has ended just now. */
export function insertEndings(db: Db, endings: Ending[], { now, deviceInfo }: { now: Date; deviceInfo: string }) {
  const ending = sql`json_each(${JSON.stringify(endings)})`
  return db.insert(loginActivity).select(
    db
      .select({
        id: sessions.activityId,
        actor: sessions.userId,
        tenantId: sessions.tenantId,
        loginTime: sql<Date>`${now.getTime()}`.as('login_time'),
        loginType: sql<'LOGOUT'>`'LOGOUT'`.as('login_type'),
        method: sessions.method,
        deviceInfo: sql<string>`${deviceInfo}`.as('device_info'),
        ipAddress: sql<string>`value ->> 'ipAddress'`.as('ip_address'),
        tokenPayload: sql<string>`''`.as('token_payload'),
        sessionId: sessions.id,
        tokenSeconds: clients.accessTokenExpiration,
      })
      .from(ending)
      .innerJoin(sessions, sql`${sessions.id} = value ->> 'sessionId' and ${sessions.activityId} = value ->> 'id'`)
      .leftJoin(clients, eq(clients.id, sessions.clientId)),
  )
}
