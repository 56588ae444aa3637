/** PBKDF2 hashes from elsewhere, held against RFC 7914 section 11 and OpenSSL. */
import assert from 'node:assert/strict'
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import loadArgon2 from '@phi-ag/argon2/node'
import { checkPassword, isImportableHash } from '../../src/core/credentials/password.ts'
import type { Argon2 } from '../../src/deps.ts'
import { toArgon2 } from '../../src/platform/argon2.ts'

const RFC_7914 =
  '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d'

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
const phc = (name: string, iterations: number, salt: Buffer, hash: Buffer) =>
  `$pbkdf2-${name}$i=${iterations}$${unpadded(salt)}$${unpadded(hash)}`

let argon2: Argon2
const deps = { argon2: async () => argon2 }
before(async () => {
  argon2 = toArgon2(await loadArgon2())
})

describe('a PBKDF2 hash from elsewhere', () => {
  test('of RFC 7914 verifies, and becomes argon2id', async () => {
    const hash = phc('sha256', 80_000, Buffer.from('NaCl'), Buffer.from(RFC_7914, 'hex'))
    assert.equal(isImportableHash(hash), true)
    const { matches, upgraded = '' } = await checkPassword(deps, hash, 'Password')
    assert.equal(matches, true)
    assert.equal(argon2.verify(upgraded, 'Password'), true)
    assert.deepEqual(await checkPassword(deps, hash, 'password'), { matches: false })
  })

  for (const name of ['sha1', 'sha256', 'sha512'])
    test(`with ${name} verifies as OpenSSL made it`, async () => {
      for (const [password, length] of [
        ['pässwörd ✓', 64],
        ['', 20],
      ] as const) {
        const salt = randomBytes(16)
        const hash = phc(name, 1_000, salt, pbkdf2Sync(password, salt, 1_000, length, name))
        assert.equal((await checkPassword(deps, hash, password)).matches, true)
        assert.equal((await checkPassword(deps, hash, `${password}!`)).matches, false)
      }
    })

  const salt = Buffer.alloc(16)
  const tag = Buffer.alloc(32)
  const REFUSED = {
    'of more iterations than Workers allow': phc('sha512', 210_000, salt, tag),
    'of too few iterations': phc('sha256', 999, salt, tag),
    'of no number of iterations': '$pbkdf2-sha256$i=1e5$AAAA$AAAAAAAAAAAAAAAAAAAAAAAA',
    'of another digest': phc('md5', 27_500, salt, tag),
    'without a salt': phc('sha256', 27_500, Buffer.alloc(0), tag),
    'cut short': phc('sha256', 27_500, salt, tag.subarray(0, 8)),
    'with something behind it': `${phc('sha256', 27_500, salt, tag)}\n`,
  }
  for (const [name, hash] of Object.entries(REFUSED))
    test(`is refused: one ${name}`, () => assert.equal(isImportableHash(hash), false))
})
