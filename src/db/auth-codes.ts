/** What an auth code causes: each statement reads the row that the same batch consumed, and does nothing without it. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { insertActivityOfSession, type SessionActivity } from './login-activity.ts'
import { consumeOneTimeSecret, ofSecret, tenantOfSecret, type Use, userOfSecret, wonBy } from './one-time.ts'
import { admissible, selectPrincipal } from './principals.ts'
import { clients, memberships, oneTimeSecrets, sessions, tenants, users } from './schema.ts'
import { endSessions } from './sessions.ts'
import { touchLastLogin } from './users.ts'

/** Consumed only for its own, active client, and only when no second factor is due. */
export function consumeAuthCode(db: Db, use: Use, clientId: string) {
  const own = and(eq(clients.clientId, clientId), eq(clients.status, 'active'))
  const ofClient = sql`${oneTimeSecrets.clientId} = (select ${clients.id} from ${clients} where ${own})`
  return consumeOneTimeSecret(db, use, and(ofClient, sql`${data('factorDue')} = 0`))
}

/**
 * Opens the session that the consumed code stands for, if its user may have one. With `proof`, only if its PKCE
 * challenge is that very one (null: none was given).
 */
export function insertSessionFromCode(
  db: Db,
  use: Use,
  { activityId, proof }: { activityId: string; proof?: { codeChallenge: string | null } | undefined },
) {
  const now = use.now.getTime()
  const proved = proof && sql`${data('codeChallenge')} is ${proof.codeChallenge}`
  return db.insert(sessions).select(
    db
      .select({
        id: sql<string>`${data('sessionId')}`.as('id'),
        userId: users.id,
        tenantId: tenants.id,
        clientId: clients.id,
        method: sql<string>`${data('method')}`.as('method'),
        generation: sql<number>`1`.as('generation'),
        activityId: sql<string>`${activityId}`.as('activity_id'),
        openedAt: sql<Date>`${now}`.as('opened_at'),
        rotatedAt: sql<Date>`${now}`.as('rotated_at'),
        expiresAt: sql<Date>`${now} + ${clients.refreshTokenExpiration} * 1000`.as('expires_at'),
        endedAt: sql<null>`null`.as('ended_at'),
        endReason: sql<null>`null`.as('end_reason'),
        preferredUnit: sql<null>`null`.as('preferred_unit'),
      })
      .from(oneTimeSecrets)
      .innerJoin(users, eq(users.id, oneTimeSecrets.userId))
      .innerJoin(clients, eq(clients.id, oneTimeSecrets.clientId))
      .innerJoin(tenants, eq(tenants.id, oneTimeSecrets.tenantId))
      .innerJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.tenantId, tenants.id)))
      .where(and(wonBy(use), admissible, proved)),
  )
}

export function touchLastLoginOfCode(db: Db, use: Use, activityId: string) {
  return touchLastLogin(db, ofSecret(use, data('sessionId')), activityId, use.now)
}

/** The ACCESS row, with the claims that were sealed when the code was made. */
export function insertActivityOfCode(db: Db, use: Use, activity: Omit<SessionActivity, 'sessionId' | 'tokenPayload'>) {
  const [sessionId, tokenPayload] = [ofSecret(use, data('sessionId')), ofSecret(use, data('payload'))]
  return insertActivityOfSession(db, { ...activity, sessionId, tokenPayload })
}

export function selectPrincipalOfCode(db: Db, use: Pick<Use, 'kind' | 'hash'>) {
  return selectPrincipal(db, { userId: userOfSecret(use), tenantId: tenantOfSecret(use) })
}

/** Ends what a code opened that is shown a second time (RFC 6749 section 4.1.2). */
export function endSessionOfReusedCode(db: Db, use: Use, clientId: string) {
  const again = sql`${oneTimeSecrets.useId} <> ${use.useId}`
  const byOwner = sql`exists (select 1 from ${clients}
    where ${and(eq(clients.id, oneTimeSecrets.clientId), eq(clients.clientId, clientId))})`
  return endSessions(db, eq(sessions.id, ofSecret(use, data('sessionId'), and(again, byOwner))), 'reuse', use.now)
}

const data = (name: string) => sql`json_extract(${oneTimeSecrets.data}, ${sql.raw(`'$.${name}'`)})`

/** A code that waited for a second factor and has been replaced by one that needs none. */
export function voidAuthCode(db: Db, hash: string, now: Date) {
  const waiting = and(
    eq(oneTimeSecrets.kind, 'auth_code'),
    eq(oneTimeSecrets.hash, hash),
    isNull(oneTimeSecrets.usedAt),
  )
  return db.update(oneTimeSecrets).set({ usedAt: now, useId: 'replaced' }).where(waiting)
}
