/**
 * One place per username for the code that was sent last and the login that waits for it. Names nobody has get one too,
 * so that asking tells nothing.
 */
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { clients, oneTimeSecrets } from './schema.ts'

export const OTP = 'otp'

interface Slot {
  /** SHA-256 of what usernames are compared by. */
  hash: string
  /** Null where no client is logged in to; then no login waits. */
  clientId: string | null
  userId: string | null
  data: Record<string, unknown>
  expiresAt: Date
}

/**
 * The newest wins. A login of the same client that still waits is kept, unless the new slot brings its own; one that was
 * completed waits no more, or the next code would complete it again.
 */
export function putOtpSlot(db: Db, slot: Slot, now: Date) {
  const { data: old, usedAt } = oneTimeSecrets
  const waiting = sql`${usedAt} is null and ${oneTimeSecrets.clientId} = ${slot.clientId} and json_extract(${old}, '$.login.until') > ${now.getTime()}`
  const kept = sql`json_set(${JSON.stringify(slot.data)}, '$.login',
    case when ${waiting} then json_extract(${old}, '$.login') end)`
  return db
    .insert(oneTimeSecrets)
    .values({ kind: OTP, tenantId: null, ...slot })
    .onConflictDoUpdate({
      target: [oneTimeSecrets.kind, oneTimeSecrets.hash],
      set: {
        clientId: slot.clientId,
        userId: slot.userId,
        data: slot.data['login'] ? slot.data : kept,
        expiresAt: slot.expiresAt,
        usedAt: null,
        useId: null,
      },
    })
}

export function selectOtpSlot(db: Db, hash: string) {
  return db
    .select({ slot: oneTimeSecrets, client: clients })
    .from(oneTimeSecrets)
    .innerJoin(clients, eq(clients.id, oneTimeSecrets.clientId))
    .where(and(eq(oneTimeSecrets.kind, OTP), eq(oneTimeSecrets.hash, hash)))
}

/** Holds while there is a code to guess or a login that waits. */
export function existsOtpSlot(hash: string, now: Date) {
  const live = and(
    eq(oneTimeSecrets.kind, OTP),
    eq(oneTimeSecrets.hash, hash),
    isNull(oneTimeSecrets.usedAt),
    gt(oneTimeSecrets.expiresAt, now),
  )
  return sql`exists (select 1 from ${oneTimeSecrets} where ${live})`
}

/** Nothing waits any more: the login has been completed. */
export function closeOtpSlot(db: Db, hash: string, now: Date) {
  const open = and(eq(oneTimeSecrets.kind, OTP), eq(oneTimeSecrets.hash, hash), isNull(oneTimeSecrets.usedAt))
  return db.update(oneTimeSecrets).set({ usedAt: now, useId: 'completed' }).where(open)
}

/** For consuming: only with this very code. */
export const withDigest = (digest: string) => sql`json_extract(${oneTimeSecrets.data}, '$.digest') = ${digest}`
