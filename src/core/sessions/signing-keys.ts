/**
 * Signing keys make themselves: the next one is published before it signs, the old one stays published until the last
 * token it signed has expired, and loses its private half as soon as it no longer signs.
 */
import { exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import type { Statement } from '../../db/batch.ts'
import * as db from '../../db/signing-keys.ts'
import type { Ports } from '../../deps.ts'
import { newId } from '../crypto.ts'
import { readOrLast, remember } from '../memory.ts'
import { currentSealMark, seal, unseal } from '../vault.ts'

type Deps = Pick<Ports, 'config' | 'db' | 'log' | 'now'>

export interface SigningKey {
  kid: string
  alg: string
  privateKey: CryptoKey
}

export interface SigningKeys {
  /** Those that may sign, in the order in which they start to. */
  signers: (SigningKey & { signsFrom: number })[]
  published: JSONWebKeySet
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** A key signs for this long. */
const PERIOD_MS = 30 * DAY_MS
/** A new key is published this long before it signs; every cache of the key set is shorter. */
const LEAD_MS = DAY_MS
/** No access token lives longer (the admin API refuses more). */
export const LONGEST_TOKEN_MS = DAY_MS
/** How long a process may go on with the keys it has read. */
const MEMORY_MS = 5 * MINUTE_MS
/** At least this long between two reads that an unknown key id causes. */
const COOL_DOWN_MS = 5_000

const read = remember(MEMORY_MS, load)

export async function signingKeys(deps: Deps): Promise<SigningKeys> {
  return readOrLast(deps, read)
}

/** The key that signs now. */
export async function currentSigningKey(deps: Deps): Promise<SigningKey> {
  const { signers } = await readOrLast(deps, read)
  const now = deps.now().getTime()
  const [first] = signers
  const current = signers.findLast(({ signsFrom }) => signsFrom <= now) ?? first
  if (!current) throw new Error('there is no signing key')
  return current
}

/** The published keys, read anew when `kid` is not among those in memory. */
export async function keysKnowing(deps: Deps, kid: string | undefined): Promise<JSONWebKeySet> {
  const known = (await readOrLast(deps, read)).published
  if (known.keys.some((key) => key.kid === kid) || Math.abs(read.age(deps)) < COOL_DOWN_MS) return known
  read.forget(deps)
  return (await readOrLast(deps, read)).published
}

/** Run by the scheduled handler; safe to run at any time and twice at once. */
export async function tendSigningKeys(deps: Deps): Promise<void> {
  const now = deps.now().getTime()
  const signsFrom = new Date(now + LEAD_MS)
  const due = new Date(now - PERIOD_MS + LEAD_MS)
  await db.insertSigningKeyUnlessNewer(deps.db, await makeKey(deps, signsFrom), due)
  await db.retireReplacedKeys(deps.db, deps.now())
  await db.erasePrivateHalves(deps.db, new Date(now - 2 * MEMORY_MS))
  await db.deleteRetiredKeys(deps.db, new Date(now - LONGEST_TOKEN_MS - 2 * MEMORY_MS))
  read.forget(deps)
}

/**
 * A new key that signs at once. With `revoke`, for a stolen key, all others are gone at once too, and with them
 * every access token that they signed. `record` goes into the same batch. Answers the new key's id.
 */
export async function replaceSigningKey(
  deps: Deps,
  { revoke }: { revoke: boolean },
  record: (id: string) => Statement,
): Promise<string> {
  const key = await makeKey(deps, deps.now())
  const others = revoke ? db.deleteKeysExcept(deps.db, key.id) : db.retireReplacedKeys(deps.db, deps.now())
  await deps.db.batch([db.insertSigningKey(deps.db, key), others, record(key.id)])
  read.forget(deps)
  return key.id
}

/** Seals the private halves under the current master key; answers how many were not. */
export async function resealSigningKeys(deps: Deps): Promise<number> {
  const mark = await currentSealMark(deps.config)
  let resealed = 0
  for (const { id, privateJwk } of await db.listSigningKeys(deps.db)) {
    if (!privateJwk || privateJwk.startsWith(mark)) continue
    const plain = await unseal(deps.config, identityOf(id), privateJwk)
    await db.updatePrivateHalf(deps.db, id, await seal(deps.config, identityOf(id), plain))
    resealed++
  }
  return resealed
}

async function load(deps: Deps): Promise<SigningKeys> {
  let rows = await db.listSigningKeys(deps.db)
  if (!rows.some(({ alg, privateJwk }) => privateJwk && alg === deps.config.SIGNING_ALG)) {
    await db.insertSigningKeyUnlessNewer(deps.db, await makeKey(deps, deps.now()), new Date(0))
    rows = await db.listSigningKeys(deps.db)
  }
  const signers = rows.filter(({ alg, privateJwk }) => privateJwk && alg === deps.config.SIGNING_ALG)
  return {
    signers: await Promise.all(signers.map((row) => open(deps, row))),
    published: { keys: rows.map(({ publicJwk }) => publicJwk as unknown as JWK & { kty: string }) },
  }
}

async function open(deps: Deps, row: db.SigningKeyRow): Promise<SigningKey & { signsFrom: number }> {
  const jwk = JSON.parse(await unseal(deps.config, identityOf(row.id), row.privateJwk ?? ''))
  const privateKey = (await importJWK(jwk, row.alg)) as CryptoKey
  return { kid: row.id, alg: row.alg, privateKey, signsFrom: row.signsFrom.getTime() }
}

async function makeKey({ config, now }: Deps, signsFrom: Date): Promise<db.SigningKeyRow> {
  const id = newId()
  const alg = config.SIGNING_ALG
  const pair = await generateKeyPair(alg, { extractable: true })
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: id, alg, use: 'sig' }
  const privateJwk = await seal(config, identityOf(id), JSON.stringify(await exportJWK(pair.privateKey)))
  return { id, alg, publicJwk, privateJwk, createdAt: now(), signsFrom, retiredAt: null }
}

const identityOf = (id: string) => `signing_keys.private_jwk:${id}`
