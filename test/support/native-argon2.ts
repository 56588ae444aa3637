/** Node's own argon2id in place of the WebAssembly one, which takes three times as long; test/core/password-hash.test.ts holds them equal. */
import { argon2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Argon2 } from '../../src/deps.ts'

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

export const nativeArgon2: Argon2 = {
  hash(password, { memoryKib: memory, passes, lanes: parallelism }) {
    const nonce = randomBytes(16)
    const tag = argon2Sync('argon2id', { message: password, nonce, memory, passes, parallelism, tagLength: 32 })
    const [salt, hash] = [nonce, tag].map((bytes) => bytes.toString('base64').replace(/=+$/, ''))
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt}$${hash}`
  },
  verify(phc, password) {
    const [, memory, passes, parallelism, salt = '', hash = ''] = PHC.exec(phc) ?? []
    const expected = Buffer.from(hash, 'base64')
    const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
    const nonce = Buffer.from(salt, 'base64')
    if (expected.length === 0) return false
    const tag = argon2Sync('argon2id', { message: password, nonce, ...cost, tagLength: expected.length })
    return timingSafeEqual(tag, expected)
  },
}
