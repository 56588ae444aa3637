/**
 * Sealing: what must be read back is kept under AES-256-GCM, with a fresh IV and the row's identity as additional data.
 * Every key is derived (HKDF-SHA-256, RFC 5869) from MASTER_KEY; MASTER_KEY_PREVIOUS still opens and verifies.
 */
import { base64url } from 'jose'
import { hmacSha256, sameDigest } from './crypto.ts'

export interface MasterKeys {
  MASTER_KEY: string
  MASTER_KEY_PREVIOUS?: string | undefined
}

interface Keys {
  /** Names the master key inside what it sealed; tells nothing about it. */
  id: string
  seal: CryptoKey
  mac: CryptoKey
}

const encoder = new TextEncoder()
/** Values, not promises: on Workers one request must not wait for the work of another. */
const derived = new Map<string, Keys>()

/** `identity` names the row and column, for example `clients.secret:<id>`: a sealed value moved elsewhere does not open. */
export async function seal(master: MasterKeys, identity: string, plain: string): Promise<string> {
  const { id, seal: key } = await keysOf(master.MASTER_KEY)
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const algorithm = { name: 'AES-GCM', iv, additionalData: encoder.encode(identity) }
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, encoder.encode(plain)))
  return `${id}.${base64url.encode(iv)}.${base64url.encode(sealed)}`
}

/** Throws when the value was altered, moved, or sealed under a master key that is gone. */
export async function unseal(master: MasterKeys, identity: string, sealed: string): Promise<string> {
  const [id = '', iv = '', body = ''] = sealed.split('.')
  const keys = (await allKeys(master)).find((candidate) => candidate.id === id)
  if (!keys) throw new Error(`sealed under an unknown master key: ${identity}`)
  const algorithm = { name: 'AES-GCM', iv: base64url.decode(iv), additionalData: encoder.encode(identity) }
  const plain = await crypto.subtle.decrypt(
    algorithm as AesGcmParams,
    keys.seal,
    base64url.decode(body) as BufferSource,
  )
  return new TextDecoder().decode(plain)
}

/** The mark of what is sealed under the current master key; the rest still has to be resealed. */
export async function currentSealMark(master: MasterKeys): Promise<string> {
  return `${(await keysOf(master.MASTER_KEY)).id}.`
}

/** That of the previous one, where it is still good. */
export async function previousSealMark({ MASTER_KEY_PREVIOUS }: MasterKeys): Promise<string | undefined> {
  return MASTER_KEY_PREVIOUS && `${(await keysOf(MASTER_KEY_PREVIOUS)).id}.`
}

/** A keyed digest (HMAC-SHA-256) for `purpose`, under the current master key. */
export async function keyedDigest(master: MasterKeys, purpose: string, text: string): Promise<string> {
  return hmacSha256((await keysOf(master.MASTER_KEY)).mac, `${purpose}\0${text}`)
}

/** The digest under each master key that is still good, the current one first. */
export async function keyedDigests(master: MasterKeys, purpose: string, text: string): Promise<string[]> {
  return Promise.all((await allKeys(master)).map(({ mac }) => hmacSha256(mac, `${purpose}\0${text}`)))
}

export async function verifyKeyedDigest(master: MasterKeys, purpose: string, text: string, digest: string) {
  return (await keyedDigests(master, purpose, text)).some((expected) => sameDigest(expected, digest))
}

async function allKeys({ MASTER_KEY, MASTER_KEY_PREVIOUS }: MasterKeys): Promise<Keys[]> {
  const masters = MASTER_KEY_PREVIOUS ? [MASTER_KEY, MASTER_KEY_PREVIOUS] : [MASTER_KEY]
  return Promise.all(masters.map(keysOf))
}

async function keysOf(masterKey: string): Promise<Keys> {
  const known = derived.get(masterKey)
  if (known) return known
  const keys = await derive(masterKey)
  derived.set(masterKey, keys)
  return keys
}

async function derive(masterKey: string): Promise<Keys> {
  const material = await crypto.subtle.importKey('raw', base64url.decode(masterKey) as BufferSource, 'HKDF', false, [
    'deriveKey',
    'deriveBits',
  ])
  const hkdf = (info: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: encoder.encode(`gatehouse ${info}`),
  })
  const id = await crypto.subtle.deriveBits(hkdf('key id'), material, 48)
  const aes = { name: 'AES-GCM', length: 256 }
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  return {
    id: base64url.encode(new Uint8Array(id)),
    seal: await crypto.subtle.deriveKey(hkdf('seal'), material, aes, false, ['encrypt', 'decrypt']),
    mac: await crypto.subtle.deriveKey(hkdf('mac'), material, hmac, false, ['sign']),
  }
}
