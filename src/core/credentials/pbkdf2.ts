/** PBKDF2 hashes that people bring along, as in `$pbkdf2-sha256$i=27500$<salt>$<hash>` (base64 without padding). */
import { base64url } from 'jose'
import { sameDigest } from '../crypto.ts'

/** WebCrypto on Workers refuses more. */
const MOST_ITERATIONS = 100_000
const LEAST_ITERATIONS = 1_000

const PHC = /^\$pbkdf2-(sha1|sha256|sha512)\$i=([1-9]\d{3,5})\$([A-Za-z0-9+/]{2,86})\$([A-Za-z0-9+/]{22,86})$/
const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const

export const isPbkdf2 = (hash: string) => hash.startsWith('$pbkdf2-')

/** Whether every runtime of ours can check it. */
export function isBearablePbkdf2(hash: string): boolean {
  const iterations = Number(PHC.exec(hash)?.[2] ?? 0)
  return iterations >= LEAST_ITERATIONS && iterations <= MOST_ITERATIONS
}

export async function matchesPbkdf2(stored: string, password: string): Promise<boolean> {
  const [, name = '', iterations, salt = '', hash = ''] = PHC.exec(stored) ?? []
  const expected = decode(hash)
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, ['deriveBits'])
  const algorithm = {
    name: 'PBKDF2',
    hash: HASHES[name as keyof typeof HASHES],
    salt: decode(salt) as BufferSource,
    iterations: Number(iterations),
  }
  const derived = await crypto.subtle.deriveBits(algorithm, key, expected.length * 8)
  return sameDigest(base64url.encode(new Uint8Array(derived)), base64url.encode(expected))
}

const decode = (base64: string) => base64url.decode(base64.replaceAll('+', '-').replaceAll('/', '_'))
