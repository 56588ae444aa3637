/** Login activity rows; written in the batch of what they record. */
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { clients, loginActivity, sessions } from './schema.ts'

export type LoginActivity = typeof loginActivity.$inferSelect
export type NewLoginActivity = typeof loginActivity.$inferInsert

export function insertLoginActivity(db: Db, row: NewLoginActivity) {
  return db.insert(loginActivity).values(row)
}

/** A row whose person is read from the session; `sessionId` and `tokenPayload` may be sub-selects. */
export interface SessionActivity
  extends Pick<NewLoginActivity, 'id' | 'loginTime' | 'loginType' | 'deviceInfo' | 'ipAddress'> {
  sessionId: string | SQL
  tokenPayload: string | SQL
  /** For a session that no client opened. */
  tokenSeconds?: number
}

/** The row for a session that this very request opened, rotated or ended: one that carries the row's id. */
export function insertActivityOfSession(db: Db, row: SessionActivity) {
  return db.insert(loginActivity).select(
    db
      .select({
        id: sql<string>`${row.id}`.as('id'),
        actor: sessions.userId,
        tenantId: sessions.tenantId,
        loginTime: sql<Date>`${row.loginTime.getTime()}`.as('login_time'),
        loginType: sql<'ACCESS'>`${row.loginType}`.as('login_type'),
        method: sessions.method,
        deviceInfo: sql<string>`${row.deviceInfo}`.as('device_info'),
        ipAddress: sql<string>`${row.ipAddress}`.as('ip_address'),
        tokenPayload: sql<string>`${row.tokenPayload}`.as('token_payload'),
        sessionId: sessions.id,
        tokenSeconds: sql<number>`coalesce(${clients.accessTokenExpiration}, ${row.tokenSeconds ?? null})`.as(
          'token_seconds',
        ),
      })
      .from(sessions)
      .leftJoin(clients, eq(clients.id, sessions.clientId))
      .where(and(eq(sessions.id, row.sessionId), eq(sessions.activityId, row.id))),
  )
}

export function updateTokenPayload(db: Db, id: string, tokenPayload: string) {
  return db.update(loginActivity).set({ tokenPayload }).where(eq(loginActivity.id, id))
}
