/** Random values, digests and comparison; WebCrypto only. */
import { base64url } from 'jose'
import { v7 } from 'uuid'

const encoder = new TextEncoder()

/** A UUIDv7: random, and in the order of creation, so that it pages and indexes well (RFC 9562 section 5.7). */
export const newId = (): string => v7()

/** `bytes` random bytes in base64url; 32 bytes are 256 bits. */
export function randomToken(bytes = 32): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)))
}

/** Decimal digits, each equally likely. */
export function randomDigits(length: number): string {
  const range = 10 ** length
  const fair = 2 ** 32 - (2 ** 32 % range)
  for (;;) {
    const [value = fair] = crypto.getRandomValues(new Uint32Array(1))
    if (value < fair) return String(value % range).padStart(length, '0')
  }
}

/** SHA-256 in base64url. */
export async function sha256(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))
}

/** HMAC-SHA-256 in base64url. */
export async function hmacSha256(key: CryptoKey, text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text))))
}

/** Compares two digests in a time that depends on their length only. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}
