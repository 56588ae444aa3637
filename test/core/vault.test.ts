/** Sealing and keyed digests, opened again by Node's own cryptography. */
import assert from 'node:assert/strict'
import { createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { currentSealMark, keyedDigest, keyedDigests, seal, unseal, verifyKeyedDigest } from '../../src/core/vault.ts'
import { altered } from '../support/altered.ts'

const makeKey = () => randomBytes(32).toString('base64url')
const OLD = { MASTER_KEY: makeKey() }
const NEW = { MASTER_KEY: makeKey(), MASTER_KEY_PREVIOUS: OLD.MASTER_KEY }
const OTHER = { MASTER_KEY: makeKey() }

const derive = (info: string, length = 32) =>
  Buffer.from(hkdfSync('sha256', Buffer.from(OLD.MASTER_KEY, 'base64url'), '', `gatehouse ${info}`, length))

describe('a sealed value', () => {
  for (const plain of ['', 'secret', 'geheim 密 🔑', 'x'.repeat(100_000)]) {
    test(`opens again to what it was (${plain.length} characters)`, async () => {
      assert.equal(await unseal(OLD, 'clients.secret:1', await seal(OLD, 'clients.secret:1', plain)), plain)
    })
  }

  test('is AES-256-GCM under a key derived by HKDF, with its place as additional data', async () => {
    const [id, iv = '', body = ''] = (await seal(OLD, 'clients.secret:1', 'plain text')).split('.')
    const bytes = Buffer.from(body, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', derive('seal'), Buffer.from(iv, 'base64url'))
    decipher.setAAD(Buffer.from('clients.secret:1')).setAuthTag(bytes.subarray(-16))
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()])
    assert.equal(plain.toString(), 'plain text')
    assert.equal(id, derive('key id', 6).toString('base64url'))
  })

  test('does not open in another place', async () => {
    const sealed = await seal(OLD, 'clients.secret:1', 'plain text')
    await assert.rejects(unseal(OLD, 'clients.secret:2', sealed))
  })

  test('does not open once any character of it was changed', async () => {
    const sealed = await seal(OLD, 'clients.secret:1', 'plain text')
    for (const at of sealed
      .split('.')
      .flatMap((part) => [sealed.indexOf(part), sealed.indexOf(part) + part.length - 2])) {
      await assert.rejects(unseal(OLD, 'clients.secret:1', altered(sealed, at)), `changed at ${at}`)
    }
    for (const nonsense of ['', '.', '..', sealed.split('.').slice(0, 2).join('.')])
      await assert.rejects(unseal(OLD, 'clients.secret:1', nonsense))
  })

  test('never looks the same twice', async () => {
    const sealed = await Promise.all(Array.from({ length: 500 }, () => seal(OLD, 'clients.secret:1', 'same')))
    assert.equal(new Set(sealed.map((value) => value.split('.')[1])).size, 500)
    assert.equal(new Set(sealed.map((value) => value.split('.')[2])).size, 500)
  })
})

describe('when the master key is replaced', () => {
  test('the one before still opens, and what it sealed is told apart', async () => {
    const sealed = await seal(OLD, 'a:1', 'plain text')
    assert.equal(await unseal(NEW, 'a:1', sealed), 'plain text')
    assert.ok(!sealed.startsWith(await currentSealMark(NEW)))
    assert.ok((await seal(NEW, 'a:1', 'plain text')).startsWith(await currentSealMark(NEW)))
  })

  test('an unknown key opens nothing, and the error keeps the value to itself', async () => {
    const sealed = await seal(OTHER, 'a:1', 'plain text')
    await assert.rejects(unseal(NEW, 'a:1', sealed), ({ message }: Error) => {
      return message.includes('a:1') && !message.includes(sealed.split('.')[2] ?? '')
    })
  })

  test('digests under the one before still verify, those under another never', async () => {
    const digest = await keyedDigest(OLD, 'refresh token', 'text')
    assert.equal(await verifyKeyedDigest(NEW, 'refresh token', 'text', digest), true)
    assert.deepEqual(await keyedDigests(NEW, 'refresh token', 'text'), [
      await keyedDigest({ MASTER_KEY: NEW.MASTER_KEY }, 'refresh token', 'text'),
      digest,
    ])
    assert.equal(await verifyKeyedDigest(OTHER, 'refresh token', 'text', digest), false)
  })
})

describe('a keyed digest', () => {
  test('is HMAC-SHA-256 under a derived key', async () => {
    const expected = createHmac('sha256', derive('mac')).update('purpose\0text').digest('base64url')
    assert.equal(await keyedDigest(OLD, 'purpose', 'text'), expected)
  })

  test('holds for one purpose and one text', async () => {
    const digest = await keyedDigest(OLD, 'refresh token', 'text')
    assert.equal(await verifyKeyedDigest(OLD, 'client secret', 'text', digest), false)
    assert.equal(await verifyKeyedDigest(OLD, 'refresh token', 'texts', digest), false)
    assert.equal(await verifyKeyedDigest(OLD, 'refresh token', 'text', ''), false)
    assert.equal(await verifyKeyedDigest(OLD, 'refresh token', 'text', digest.slice(0, -1)), false)
  })
})
