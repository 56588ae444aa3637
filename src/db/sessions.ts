/** Sessions. Every change is one conditional statement; what it causes reads the mark it left. */
import { and, eq, gt, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { admissible } from './principals.ts'
import { clients, memberships, type SessionEnd, secondFactors, sessions, tenants, users } from './schema.ts'

export type Session = typeof sessions.$inferSelect

export interface SessionState {
  generation: number
  endedAt: Date | null
  endReason: SessionEnd | null
}

/** A repetition of the last refresh within this time gets the same successor. */
export const REPEAT_MS = 10_000

export function selectSession(db: Db, id: string) {
  return db.select().from(sessions).where(eq(sessions.id, id))
}

export const userOfSession = (id: string) =>
  sql`(select ${sessions.userId} from ${sessions} where ${eq(sessions.id, id)})`
export const tenantOfSession = (id: string) =>
  sql`(select ${sessions.tenantId} from ${sessions} where ${eq(sessions.id, id)})`

export async function findSessionState(db: Db, id: string): Promise<SessionState | undefined> {
  const { generation, endedAt, endReason } = sessions
  const [state] = await db.select({ generation, endedAt, endReason }).from(sessions).where(eq(sessions.id, id))
  return state
}

interface Rotation {
  id: string
  /** The generation of the pair that was presented. */
  generation: number
  activityId: string
  /** Null keeps the tenant. */
  tenantId: string | null
  now: Date
}

/** Another tenant's policy holds too: what it asks for was proved at the login, or it asks for nothing more. */
const factorsSuffice = or(
  sql`instr(${sessions.method}, '+') > 0`,
  and(
    eq(users.secondFactorRequired, false),
    or(eq(tenants.secondFactor, 'off'), and(eq(tenants.secondFactor, 'optional'), isNull(secondFactors.confirmedAt))),
  ),
)

/** Moves the session on to the next generation, if the presented one is current and the user may still have tokens. */
export function rotateSession(db: Db, { id, generation, activityId, tenantId, now }: Rotation) {
  const target = tenantId ?? sql`${sessions.tenantId}`
  const allowed = db
    .select({ one: sql`1` })
    .from(users)
    .innerJoin(clients, eq(clients.id, sessions.clientId))
    .innerJoin(tenants, eq(tenants.id, target))
    .innerJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.tenantId, tenants.id)))
    .leftJoin(secondFactors, eq(secondFactors.userId, users.id))
    .where(and(eq(users.id, sessions.userId), admissible, or(eq(tenants.id, sessions.tenantId), factorsSuffice)))
  const lifetime = sql`(select ${clients.refreshTokenExpiration} * 1000 from ${clients} where ${eq(clients.id, sessions.clientId)})`
  return db
    .update(sessions)
    .set({
      generation: generation + 1,
      activityId,
      rotatedAt: now,
      expiresAt: sql`${now.getTime()} + ${lifetime}`,
      tenantId: sql`${target}`,
    })
    .where(and(isCurrent(id, generation, now), sql`exists ${allowed}`))
    .returning({ id: sessions.id })
}

/** Ends the session when a pair is shown that was replaced longer ago than a lost answer explains. */
export function endReusedSession(db: Db, { id, generation, activityId, now }: Omit<Rotation, 'tenantId'>) {
  const late = lt(sessions.rotatedAt, new Date(now.getTime() - REPEAT_MS))
  const spent = or(gt(sessions.generation, generation + 1), and(eq(sessions.generation, generation + 1), late))
  return endSessions(db, and(eq(sessions.id, id), sql`${sessions.activityId} <> ${activityId}`, spent), 'reuse', now)
}

/** Ends the session of the pair that is presented, and leaves the mark that its activity row reads. */
export function endCurrentSession(db: Db, { id, generation, activityId, now }: Omit<Rotation, 'tenantId'>) {
  return db
    .update(sessions)
    .set({ endedAt: now, endReason: 'logout', activityId })
    .where(isCurrent(id, generation, now))
    .returning({ id: sessions.id })
}

/** Ends the sessions that match and have not ended; answers their ids. */
export function endSessions(db: Db, which: SQL | undefined, endReason: SessionEnd, now: Date) {
  return db
    .update(sessions)
    .set({ endedAt: now, endReason })
    .where(and(which, isNull(sessions.endedAt)))
    .returning({ id: sessions.id })
}

/** The pair of this generation may still be used. */
function isCurrent(id: string, generation: number, now: Date): SQL | undefined {
  return and(
    eq(sessions.id, id),
    eq(sessions.generation, generation),
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, now),
  )
}

export const ofUser = (userId: string) => eq(sessions.userId, userId)
export const ofTenant = (tenantId: string) => eq(sessions.tenantId, tenantId)
export const ofSuspendedTenant = (tenantId: string) =>
  and(
    ofTenant(tenantId),
    sql`(select ${tenants.status} from ${tenants} where ${eq(tenants.id, tenantId)}) = 'suspended'`,
  )
export const ofMember = (userId: string, tenantId: string) =>
  and(eq(sessions.userId, userId), eq(sessions.tenantId, tenantId))
export const ofClient = (clientId: string) => eq(sessions.clientId, clientId)
export const ofDisabledClient = (clientId: string) =>
  and(
    ofClient(clientId),
    sql`(select ${clients.status} from ${clients} where ${eq(clients.id, clientId)}) = 'disabled'`,
  )
export const ofBlockedUser = (userId: string) =>
  and(ofUser(userId), sql`(select ${users.status} from ${users} where ${eq(users.id, userId)}) = 'blocked'`)
export const withIds = (ids: string[]) => inArray(sessions.id, ids)
