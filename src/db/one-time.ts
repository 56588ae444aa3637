/**
 * The one primitive for everything that works once. Consuming is one conditional UPDATE that writes down which use won;
 * whatever else the use causes goes into the same batch and reads that mark. Never KV: it cannot compare and swap.
 */
import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { oneTimeSecrets } from './schema.ts'

export type OneTimeSecret = typeof oneTimeSecrets.$inferSelect
export type NewOneTimeSecret = typeof oneTimeSecrets.$inferInsert

export interface Use {
  kind: string
  hash: string
  /** Random, one for each attempt to use it. */
  useId: string
  now: Date
}

export function insertOneTimeSecret(db: Db, secret: NewOneTimeSecret) {
  return db.insert(oneTimeSecrets).values(secret)
}

/** Says what was made under a key; `id` may be read from the row that the same batch has just made. */
export function insertMark(
  db: Db,
  { kind, hash, print, id, expiresAt }: Key & { print: string; id: string | SQL; expiresAt: Date },
) {
  const data = sql`json_object('id', cast(${id} as text), 'print', ${print})`
  return db.insert(oneTimeSecrets).values({ kind, hash, data, expiresAt })
}

/** Of any number of concurrent uses at most one gets the row back. `onlyIf` narrows who may. */
export function consumeOneTimeSecret(db: Db, { kind, hash, useId, now }: Use, onlyIf?: SQL) {
  return db
    .update(oneTimeSecrets)
    .set({ usedAt: now, useId })
    .where(
      and(
        eq(oneTimeSecrets.kind, kind),
        eq(oneTimeSecrets.hash, hash),
        isNull(oneTimeSecrets.usedAt),
        gt(oneTimeSecrets.expiresAt, now),
        onlyIf,
      ),
    )
    .returning()
}

export function selectOneTimeSecret(db: Db, { kind, hash }: Pick<Use, 'kind' | 'hash'>) {
  return db
    .select()
    .from(oneTimeSecrets)
    .where(and(eq(oneTimeSecrets.kind, kind), eq(oneTimeSecrets.hash, hash)))
}

/** Holds where it was never made; of one that was, the row stays for a while, whatever became of it. */
export const isUnknownSecret = (key: Key) => sql`not exists ${ofSecret(key, sql`1`)}`

/** Holds for the row that this very use consumed. */
export function wonBy({ kind, hash, useId }: Use) {
  return and(eq(oneTimeSecrets.kind, kind), eq(oneTimeSecrets.hash, hash), eq(oneTimeSecrets.useId, useId))
}

/** Earlier secrets of this kind for the same person are worth nothing from now on. */
export function voidOneTimeSecrets(db: Db, kind: string, userId: string, now: Date) {
  const { usedAt, ...columns } = oneTimeSecrets
  return db
    .update(oneTimeSecrets)
    .set({ usedAt: now, useId: 'replaced' })
    .where(and(eq(columns.kind, kind), eq(columns.userId, userId), isNull(usedAt)))
}

type Key = Pick<Use, 'kind' | 'hash'>

/** Whose secret it is, as a sub-select for the statements beside the one that reads it. */
export const userOfSecret = (key: Key) => ofSecret(key, sql`${oneTimeSecrets.userId}`)
export const clientOfSecret = (key: Key) => ofSecret(key, sql`${oneTimeSecrets.clientId}`)
export const tenantOfSecret = (key: Key) => ofSecret(key, sql`${oneTimeSecrets.tenantId}`)

/** A column of the secret as a sub-select; `narrowed` may exclude it. */
export function ofSecret({ kind, hash }: Key, column: SQL, narrowed?: SQL) {
  const which = and(eq(oneTimeSecrets.kind, kind), eq(oneTimeSecrets.hash, hash), narrowed)
  return sql`(select ${column} from ${oneTimeSecrets} where ${which})`
}

/** Every secret of the person, of whatever kind, is worth nothing from now on. */
export function voidSecretsOfUser(db: Db, userId: string, now: Date) {
  return db
    .update(oneTimeSecrets)
    .set({ usedAt: now, useId: 'revoked' })
    .where(and(eq(oneTimeSecrets.userId, userId), isNull(oneTimeSecrets.usedAt)))
}

/**
 * For what proves itself and was not kept: the first use is the one that writes it down, as used, until it expires.
 * Answers a row to the use that wins, and only where `onlyIf` holds.
 */
export function spendUnkept(db: Db, { kind, hash, useId, now }: Use, expiresAt: Date, onlyIf: SQL = sql`true`) {
  const columns = sql`${kind}, ${hash}, null, null, null, '{}', ${expiresAt.getTime()}, ${now.getTime()}, ${useId}`
  return db
    .insert(oneTimeSecrets)
    .select(sql`select ${columns} where ${onlyIf}`)
    .onConflictDoNothing()
    .returning({ hash: oneTimeSecrets.hash })
}

/** Replaces members of what an unspent secret stands for. */
export function updateOneTimeData(db: Db, { kind, hash }: Key, members: object) {
  return db
    .update(oneTimeSecrets)
    .set({ data: sql`json_patch(${oneTimeSecrets.data}, ${JSON.stringify(members)})` })
    .where(and(eq(oneTimeSecrets.kind, kind), eq(oneTimeSecrets.hash, hash), isNull(oneTimeSecrets.usedAt)))
}
