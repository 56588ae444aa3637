/** Signing keys. The condition of each change is in its statement, so that two upkeeps at once make one key. */
import { and, asc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { signingKeys } from './schema.ts'

export type SigningKeyRow = typeof signingKeys.$inferSelect

export function listSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.select().from(signingKeys).orderBy(asc(signingKeys.signsFrom))
}

/** Inserts the key unless one of the same algorithm that can still sign, made after `since`, is there already. */
export function insertSigningKeyUnlessNewer(db: Db, key: SigningKeyRow, since: Date) {
  const jwk = JSON.stringify(key.publicJwk)
  const columns = sql`${key.id}, ${key.alg}, ${jwk}, ${key.privateJwk}, ${key.createdAt.getTime()}, ${key.signsFrom.getTime()}, null`
  const newer = and(eq(signingKeys.alg, key.alg), gt(signingKeys.createdAt, since), isNotNull(signingKeys.privateJwk))
  return db
    .insert(signingKeys)
    .select(sql`select ${columns} where not exists (select 1 from ${signingKeys} where ${newer})`)
}

export function insertSigningKey(db: Db, key: SigningKeyRow) {
  return db.insert(signingKeys).values(key)
}

/** Retires each key that another has taken over from, as of the moment it did. */
export function retireReplacedKeys(db: Db, now: Date) {
  const successor = sql`(select min(newer.signs_from) from signing_keys newer
    where newer.signs_from > ${signingKeys.signsFrom} and newer.signs_from <= ${now.getTime()})`
  return db
    .update(signingKeys)
    .set({ retiredAt: successor })
    .where(and(isNull(signingKeys.retiredAt), sql`${successor} is not null`))
}

/** A key that signs no more needs no private half. The grace covers processes that still hold it. */
export function erasePrivateHalves(db: Db, retiredBefore: Date) {
  return db
    .update(signingKeys)
    .set({ privateJwk: null })
    .where(and(isNotNull(signingKeys.privateJwk), lt(signingKeys.retiredAt, retiredBefore)))
}

export function deleteRetiredKeys(db: Db, retiredBefore: Date) {
  return db.delete(signingKeys).where(lt(signingKeys.retiredAt, retiredBefore))
}

/** Deletes at once: after a key was stolen nothing that it signed may verify. */
export function deleteKeysExcept(db: Db, id: string) {
  return db.delete(signingKeys).where(sql`${signingKeys.id} <> ${id}`)
}

export function updatePrivateHalf(db: Db, id: string, privateJwk: string) {
  return db
    .update(signingKeys)
    .set({ privateJwk })
    .where(and(eq(signingKeys.id, id), isNotNull(signingKeys.privateJwk)))
}
