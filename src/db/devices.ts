/** Devices, and the links that they are registered by. */
import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { consumeOneTimeSecret, type Use, wonBy } from './one-time.ts'
import { applicationUsers, clients, devices, oneTimeSecrets, passkeys } from './schema.ts'

export type Device = typeof devices.$inferSelect

export const REGISTRATION_LINK = 'registration_link'

interface NewLink {
  hash: string
  displayName: string | null
  expiresAt: Date
}

/** Answers a row, unless the user has gone meanwhile. */
export function insertRegistrationLink(db: Db, userId: string, { hash, displayName, expiresAt }: NewLink) {
  const columns = sql`${REGISTRATION_LINK}, ${hash}, ${applicationUsers.clientId}, ${applicationUsers.userId}, null,
    ${JSON.stringify({ displayName })}, ${expiresAt.getTime()}, null, null`
  return db
    .insert(oneTimeSecrets)
    .select(sql`select ${columns} from ${applicationUsers} where ${eq(applicationUsers.userId, userId)}`)
    .returning({ hash: oneTimeSecrets.hash })
}

/** Not while the user has an active device, nor while the application is disabled. */
export function consumeRegistrationLink(db: Db, use: Use) {
  const usable = sql`exists (select 1 from ${clients}
    where ${and(eq(clients.id, oneTimeSecrets.clientId), eq(clients.status, 'active'))})`
  return consumeOneTimeSecret(
    db,
    use,
    and(usable, sql`not exists (select 1 from ${devices} where ${activeOf(sql`${oneTimeSecrets.userId}`)})`),
  )
}

/** The device of the user whose link this very use consumed. */
export function insertDeviceByLink(
  db: Db,
  use: Use,
  device: Pick<Device, 'id' | 'publicKey' | 'platform' | 'name' | 'pushToken'>,
) {
  const publicKey = device.publicKey && JSON.stringify(device.publicKey)
  const columns = sql`${device.id}, ${oneTimeSecrets.clientId}, ${oneTimeSecrets.userId}, 'active', ${publicKey},
    ${device.platform}, ${device.name}, ${device.pushToken}, ${use.now.getTime()}, null, null`
  return db.insert(devices).select(sql`select ${columns} from ${oneTimeSecrets} where ${wonBy(use)}`)
}

export const existsDevice = (id: string) => sql`exists (select 1 from ${devices} where ${eq(devices.id, id)})`

const activeOf = (userId: SQL) => and(sql`${devices.userId} = ${userId}`, eq(devices.status, 'active'))

export function selectActiveDevice(db: Db, userId: SQL) {
  return db.select({ id: devices.id }).from(devices).where(activeOf(userId))
}

/** For a login: the device must still be active in the batch that grants the code. */
export const isActiveDevice = (id: string) =>
  sql`exists (select 1 from ${devices} where ${and(eq(devices.id, id), eq(devices.status, 'active'))})`

export function selectDevice(db: Db, id: string) {
  return db.select().from(devices).where(eq(devices.id, id))
}

export const userOfDevice = (id: string) => sql`(select ${devices.userId} from ${devices} where ${eq(devices.id, id)})`

/** What can no longer be used is not kept either: a disabled device is a date and a name. */
export function disableDevices(db: Db, userId: string, now: Date) {
  return [
    db
      .update(devices)
      .set({ status: 'disabled', disabledAt: now, publicKey: null, pushToken: null })
      .where(and(eq(devices.userId, userId), eq(devices.status, 'active'))),
    db.delete(passkeys).where(and(eq(passkeys.userId, userId), isNotNull(passkeys.deviceId))),
  ] as const
}

export function touchDevice(db: Db, id: string, now: Date) {
  return db.update(devices).set({ lastUsedAt: now }).where(eq(devices.id, id))
}
