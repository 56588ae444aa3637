/** Password hashes, held against implementations that are not ours: OpenSSL's argon2id, and published bcrypt vectors. */
import assert from 'node:assert/strict'
import { argon2Sync, randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import loadArgon2 from '@phi-ag/argon2/node'
import { checkPassword, hashPassword, isImportableHash } from '../../src/core/credentials/password.ts'
import type { Argon2 } from '../../src/deps.ts'
import { toArgon2 } from '../../src/platform/argon2.ts'

const PASSWORDS = {
  'an empty one': '',
  'an ASCII one': 'correct horse battery staple',
  'one with accents': 'pässwörd með íslensku',
  'one of three-byte characters': '密码密码密码密码',
  'one of four-byte characters': '🔑🗝️🔐🚪',
  'one with a NUL inside': 'before\0after',
  'one that ends in NULs': 'before\0\0',
  'a NUL alone': '\0',
  'one of 10,000 characters': 'x'.repeat(10_000),
  'one of 10,000 characters beyond ASCII': 'é'.repeat(10_000),
}

/** Weak on purpose: many hashes are made, and none is kept. */
const CHEAP = { memoryKib: 64, passes: 1, lanes: 1 }

let argon2: Argon2
before(async () => {
  argon2 = toArgon2(await loadArgon2())
})

describe('argon2id agrees with OpenSSL', () => {
  for (const [name, password] of Object.entries(PASSWORDS)) {
    test(`about the hash of ${name}`, () => {
      const [, , version, parameters, salt = '', tag] = argon2.hash(password, CHEAP).split('$')
      assert.deepEqual([version, parameters], ['v=19', 'm=64,t=1,p=1'])
      assert.equal(tag, opensslTag(password, Buffer.from(salt, 'base64')))
    })

    test(`when it verifies ${name}`, () => {
      const salt = randomBytes(16)
      const phc = `$argon2id$v=19$m=64,t=1,p=1$${unpadded(salt)}$${opensslTag(password, salt)}`
      assert.equal(argon2.verify(phc, password), true)
      assert.equal(argon2.verify(phc, `${password}!`), false)
      assert.equal(argon2.verify(phc, `${password}\0`), false)
      if (password) assert.equal(argon2.verify(phc, password.slice(0, -1)), false)
    })
  }
})

describe('a password', () => {
  const deps = { argon2: async () => argon2 }

  test('is hashed with 19 MiB, two passes, one lane, and a salt of its own', async () => {
    const [one, two] = [await hashPassword(deps, 'open sesame'), await hashPassword(deps, 'open sesame')]
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    assert.notEqual(one, two)
    assert.deepEqual(await checkPassword(deps, one, 'open sesame'), { matches: true })
    assert.deepEqual(await checkPassword(deps, one, 'open Sesame'), { matches: false })
  })

  test('that was hashed with less is hashed anew when it is right, and only then', async () => {
    const weak = argon2.hash('open sesame', CHEAP)
    const { matches, upgraded = '' } = await checkPassword(deps, weak, 'open sesame')
    assert.equal(matches, true)
    assert.match(upgraded, /m=19456,t=2,p=1/)
    assert.deepEqual(await checkPassword(deps, upgraded, 'open sesame'), { matches: true })
    assert.deepEqual(await checkPassword(deps, weak, 'close sesame'), { matches: false })
  })

  test('does not match when there is none, nor when it is longer than any can be', async () => {
    assert.deepEqual(await checkPassword(deps, null, ''), { matches: false })
    assert.deepEqual(await checkPassword(deps, argon2.hash('', CHEAP), 'x'.repeat(1025)), { matches: false })
    const long = 'x'.repeat(10_000)
    assert.equal((await checkPassword(deps, argon2.hash(long, CHEAP), long)).matches, false)
  })
})

/** From jBCrypt (`$2a$`) and from libxcrypt (`$2b$`). */
const BCRYPT: [password: string, hash: string][] = [
  ['', '$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.'],
  ['a', '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'],
  ['abcdefghijklmnopqrstuvwxyz', '$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC'],
  ['pässwörd ✓', '$2b$05$abcdefghijklmnopqrstuucXzl.EdFiYZ8M9ef3QFcQ5vnOe67Nqe'],
  ['correct horse battery staple', '$2b$06$CCCCCCCCCCCCCCCCCCCCC.uGN1ufVX4zerW2S91Qo7fWPFIKWSmsC'],
]

describe('a bcrypt hash from elsewhere', () => {
  const deps = { argon2: async () => argon2 }

  for (const [password, hash] of BCRYPT) {
    test(`${hash.slice(0, 7)} of "${password}" verifies, and becomes argon2id`, async () => {
      const { matches, upgraded = '' } = await checkPassword(deps, hash, password)
      assert.equal(matches, true)
      assert.equal(argon2.verify(upgraded, password), true)
      assert.equal((await checkPassword(deps, hash, `${password}x`)).matches, false)
    })
  }
})

describe('a hash may be taken over', () => {
  const [, bcrypt = ''] = BCRYPT[1] ?? []
  const argon2id = (cost: string, salt = 'c29tZXNhbHRzb21lc2FsdA', tag = 'A'.repeat(43)) =>
    `$argon2id$v=19$${cost}$${salt}$${tag}`

  const GOOD = [bcrypt, bcrypt.replace('$06$', '$13$'), argon2id('m=19456,t=2,p=1'), argon2id('m=65536,t=6,p=4')]
  for (const hash of GOOD) {
    test(`when it is ${hash.slice(0, 32)}…`, () => assert.equal(isImportableHash(hash), true))
  }

  const BAD = {
    'when nothing is there': '',
    'when it is no hash': 'hunter2',
    'when bcrypt costs too much': bcrypt.replace('$06$', '$14$'),
    'when bcrypt costs less than can be': bcrypt.replace('$06$', '$03$'),
    'when bcrypt is cut short': bcrypt.slice(0, -1),
    'when something follows it': `${bcrypt}\n`,
    'when argon2id wants too much memory': argon2id('m=65537,t=1,p=1'),
    'when argon2id wants too many passes': argon2id('m=19456,t=7,p=1'),
    'when argon2id wants too many lanes': argon2id('m=19456,t=2,p=5'),
    'when argon2id has less memory than its lanes need': argon2id('m=31,t=1,p=4'),
    'when argon2id makes no pass': argon2id('m=19456,t=0,p=1'),
    'when argon2id has no tag': argon2id('m=19456,t=2,p=1', undefined, ''),
    'when it is argon2i': argon2id('m=19456,t=2,p=1').replace('argon2id', 'argon2i'),
    'when it is an older argon2id': argon2id('m=19456,t=2,p=1').replace('v=19', 'v=16'),
  }
  for (const [name, hash] of Object.entries(BAD)) {
    test(`but not ${name}`, () => assert.equal(isImportableHash(hash), false))
  }
})

function opensslTag(message: string, nonce: Buffer): string {
  const cost = { memory: CHEAP.memoryKib, passes: CHEAP.passes, parallelism: CHEAP.lanes, tagLength: 32 }
  return unpadded(argon2Sync('argon2id', { message: Buffer.from(message), nonce, ...cost }))
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
