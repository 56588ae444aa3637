/** Passkeys: of devices, and of people who enrolled one themselves. */
import { and, asc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { isActiveDevice } from './devices.ts'
import { type Use, wonBy } from './one-time.ts'
import { devices, oneTimeSecrets, passkeys } from './schema.ts'
import { hasWayIn } from './ways-in.ts'

export type Passkey = typeof passkeys.$inferSelect
/** What the authenticator says about itself. */
export type Credential = Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports' | 'synced'>

/** The first and only one of a device that the same batch registers. */
export function insertPasskeyOfDevice(db: Db, deviceId: string, credential: Credential, name: string, now: Date) {
  const from = sql`from ${devices} where ${eq(devices.id, deviceId)}`
  return db.insert(passkeys).select(sql`select ${toColumns(sql`user_id`, deviceId, credential, name, now)} ${from}`)
}

/** For a challenge that this very use spent, while the person has fewer than `most`. */
export function insertOwnPasskey(
  db: Db,
  { use, userId, most }: { use: Use; userId: string; most: number },
  credential: Credential,
  name: string,
) {
  const spent = sql`exists (select 1 from ${oneTimeSecrets} where ${wonBy(use)})`
  const count = sql`(select count(*) from ${passkeys} where ${own(userId)})`
  const columns = toColumns(sql`${userId}`, null, credential, name, use.now)
  return db
    .insert(passkeys)
    .select(sql`select ${columns} where ${spent} and ${count} < ${most}`)
    .returning({ id: passkeys.id })
}

function toColumns(userId: SQL, deviceId: string | null, credential: Credential, name: string, now: Date): SQL {
  const { id, publicKey, counter, transports, synced } = credential
  return sql`${id}, ${userId}, ${deviceId}, ${publicKey}, ${counter}, ${JSON.stringify(transports)}, ${Number(synced)},
    ${name}, ${now.getTime()}, null`
}

/** Those that the person enrolled. */
export function listOwnPasskeys(db: Db, userId: string) {
  return db.select().from(passkeys).where(own(userId)).orderBy(asc(passkeys.createdAt), asc(passkeys.id))
}

export function selectPasskey(db: Db, id: string) {
  return db.select().from(passkeys).where(eq(passkeys.id, id))
}

export const userOfPasskey = (id: string) =>
  sql`(select ${passkeys.userId} from ${passkeys} where ${eq(passkeys.id, id)})`

/**
 * For a login: the passkey is still there, its device active, and its counter grew. One that stays at zero is of an
 * authenticator that does not count.
 */
export function isUsablePasskey({ id, deviceId }: Passkey, counter: number): SQL {
  const grew = counter === 0 ? eq(passkeys.counter, 0) : lt(passkeys.counter, counter)
  const there = sql`exists (select 1 from ${passkeys} where ${and(eq(passkeys.id, id), grew)})`
  return deviceId === null ? there : sql`${there} and ${isActiveDevice(deviceId)}`
}

export function touchPasskey(db: Db, id: string, counter: number, now: Date) {
  return db.update(passkeys).set({ counter, lastUsedAt: now }).where(eq(passkeys.id, id))
}

/** Answers a row, unless it is not there or the last way in. */
export function deleteOwnPasskey(db: Db, userId: string, id: string) {
  return db
    .delete(passkeys)
    .where(and(own(userId), eq(passkeys.id, id), hasWayIn(userId, { passkey: id })))
    .returning({ id: passkeys.id })
}

const own = (userId: string) => and(eq(passkeys.userId, userId), isNull(passkeys.deviceId))
