/** Encrypted assertions, encrypted by Node's own cryptography. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { type Encryption, encryptAssertion } from '../support/saml-idp-encryption.ts'
import { write, writeResponse } from '../support/saml-idp-messages.ts'
import { idp, login, ourPublicKey, read, reasonOf } from '../support/saml-idp-pair.ts'
import { signElement } from '../support/saml-idp-signature.ts'

interface Sent {
  /** Signs the response around it too. */
  signResponse?: boolean
  /** Encrypts what is not signed. */
  unsigned?: boolean
  key?: typeof ourPublicKey
}

function open(encryption: Encryption, { signResponse = false, unsigned = false, key = ourPublicKey }: Sent = {}) {
  const { facts, assertion, signed } = write(login, idp)
  const response = writeResponse(facts, encryptAssertion(unsigned ? assertion : signed, key, encryption))
  return read(signResponse ? signElement(response, facts.responseId, idp) : response)
}

const refuses = async (reason: string, ...given: Parameters<typeof open>) =>
  assert.equal(await reasonOf(open(...given)), reason)

describe('an encrypted assertion', () => {
  for (const cipher of ['aes128-gcm', 'aes256-gcm'] as const)
    for (const key of ['oaep-sha1', 'oaep-sha256'] as const)
      test(`in ${cipher}, its key in ${key}, is read`, async () => {
        assert.equal((await open({ cipher, key })).subject, login.subject)
      })

  for (const cipher of ['aes128-cbc', 'aes256-cbc'] as const) {
    test(`in ${cipher} is read in a signed response`, async () => {
      assert.equal((await open({ cipher }, { signResponse: true })).subject, login.subject)
    })
    test(`in ${cipher} is refused in a response that anybody could have altered`, () =>
      refuses('AES-CBC outside of a signed response', { cipher }))
  }

  test('with its key beside it is read', async () => {
    assert.equal((await open({ keyBeside: true })).subject, login.subject)
  })

  test('must be signed itself', () => refuses('not one signature', {}, { unsigned: true, signResponse: true }))

  test('in Triple DES is refused', () =>
    refuses('an encryption method that is not allowed', { cipher: 'des-ede3-cbc' }, { signResponse: true }))

  test('with its key in PKCS#1 1.5 is refused', () =>
    refuses('a key encryption method that is not allowed', { key: 'pkcs1' }, { signResponse: true }))

  test('tells in one way only that it cannot be read', async () => {
    const reason = 'what is encrypted cannot be read'
    const signResponse = true
    await refuses(reason, {}, { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey })
    await refuses(reason, { alter: (body) => body.fill(0, 0, 1) })
    await refuses(reason, { cipher: 'aes256-cbc', alter: (body) => body.subarray(1) }, { signResponse })
    await refuses(reason, { cipher: 'aes256-cbc', alter: () => Buffer.alloc(0) }, { signResponse })
    await refuses(reason, { alter: () => Buffer.alloc(0) })
  })
})
