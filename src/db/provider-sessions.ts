/** What a session owes the provider that it came through. */
import { and, eq, gt, gte, isNotNull, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { connections, providerSessions, sessions } from './schema.ts'

export type ProviderSession = typeof providerSessions.$inferSelect

export type NewProviderSession = Pick<ProviderSession, 'sessionId' | 'connectionId' | 'tokens' | 'createdAt'>

export function insertProviderSession(db: Db, row: NewProviderSession) {
  return db.insert(providerSessions).values(row)
}

const withConnection = { session: providerSessions, connection: connections }

export function selectProviderSession(db: Db, sessionId: string) {
  return db
    .select(withConnection)
    .from(providerSessions)
    .innerJoin(connections, eq(connections.id, providerSessions.connectionId))
    .where(eq(providerSessions.sessionId, sessionId))
}

/** Of any number of refreshes at once one gets the row: it asks the provider. Only with the current pair of tokens. */
export function claimCheck(
  db: Db,
  { sessionId, generation, now, until }: { sessionId: string; generation: number; now: Date; until: Date },
) {
  const current = db
    .select({ one: sql`1` })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.generation, generation), isNull(sessions.endedAt)))
  const free = or(isNull(providerSessions.checkUntil), lt(providerSessions.checkUntil, now))
  return db
    .update(providerSessions)
    .set({ checkUntil: until })
    .where(
      and(eq(providerSessions.sessionId, sessionId), isNotNull(providerSessions.tokens), free, sql`exists ${current}`),
    )
    .returning({ sessionId: providerSessions.sessionId })
}

/** With the provider's next tokens, where it gave any. */
export function releaseCheck(db: Db, sessionId: string, tokens: string | undefined) {
  return db.update(providerSessions).set({ checkUntil: null, tokens }).where(eq(providerSessions.sessionId, sessionId))
}

/** The provider is to be told of the end of a session that this very request has ended: one that carries `activityId`. */
export function demandLogout(
  db: Db,
  { sessionId, activityId, kind, now }: { sessionId: string; activityId: string; kind: string; now: Date },
) {
  const ended = db
    .select({ one: sql`1` })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.activityId, activityId), isNotNull(sessions.endedAt)))
  return db
    .update(providerSessions)
    .set({ logoutDueAt: now })
    .where(
      and(
        eq(providerSessions.sessionId, sessionId),
        isNotNull(providerSessions.tokens),
        ofKind(kind),
        sql`exists ${ended}`,
      ),
    )
    .returning({ sessionId: providerSessions.sessionId })
}

/** A provider that never takes it is given up. */
const MOST_LOGOUT_ATTEMPTS = 24

/** Takes one logout that is due; until `again` nobody else does. */
export function claimLogout(db: Db, sessionId: string, now: Date, again: Date) {
  return db
    .update(providerSessions)
    .set({ logoutDueAt: again, logoutAttempts: sql`${providerSessions.logoutAttempts} + 1` })
    .where(and(eq(providerSessions.sessionId, sessionId), lte(providerSessions.logoutDueAt, now)))
    .returning({ sessionId: providerSessions.sessionId })
}

export async function listDueLogouts(db: Db, now: Date, limit: number): Promise<string[]> {
  const due = await db
    .select({ sessionId: providerSessions.sessionId })
    .from(providerSessions)
    .where(and(lte(providerSessions.logoutDueAt, now), lt(providerSessions.logoutAttempts, MOST_LOGOUT_ATTEMPTS)))
    .limit(limit)
  return due.map(({ sessionId }) => sessionId)
}

export function deleteProviderSession(db: Db, sessionId: string) {
  return db.delete(providerSessions).where(eq(providerSessions.sessionId, sessionId))
}

/** Those whose session has ended and whose provider need not be told, and those whose session never began. */
export function deleteSpentProviderSessions(db: Db, dayAgo: Date) {
  const standing = db
    .select({ one: sql`1` })
    .from(sessions)
    .where(and(eq(sessions.id, providerSessions.sessionId), isNull(sessions.endedAt), gt(sessions.expiresAt, dayAgo)))
  const begun = db.select({ one: sql`1` }).from(sessions).where(eq(sessions.id, providerSessions.sessionId))
  const settled = or(isNull(providerSessions.logoutDueAt), gte(providerSessions.logoutAttempts, MOST_LOGOUT_ATTEMPTS))
  const late = or(lt(providerSessions.createdAt, dayAgo), sql`exists ${begun}`)
  return db.delete(providerSessions).where(and(settled, sql`not exists ${standing}`, late))
}

const ofKind = (kind: string): SQL =>
  sql`${providerSessions.connectionId} in (select ${connections.id} from ${connections} where ${eq(connections.kind, sql`${kind}`)})`
