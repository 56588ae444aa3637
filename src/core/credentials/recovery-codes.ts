/** Recovery codes: ten, given once, each good once; 80 random bits, so that a SHA-256 is enough to keep them. */
import { Secret } from 'otpauth/slim'
import { sha256 } from '../crypto.ts'

const COUNT = 10
const BYTES = 10
const SHAPE = /^[A-Z2-7]{4}(-?[A-Z2-7]{4}){3}$/i

/** `ABCD-EFGH-IJKL-MNOP`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, () => {
    const text = new Secret({ size: BYTES }).base32
    return (text.match(/.{4}/g) ?? []).join('-')
  })
}

export const isRecoveryCode = (text: string) => SHAPE.test(text.trim())

export function recoveryHash(userId: string, code: string): Promise<string> {
  return sha256(`${userId}:${code.trim().replaceAll('-', '').toUpperCase()}`)
}
