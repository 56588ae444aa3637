/** The published vectors of both versions of request signing, through the functions alone. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { signVersion1, verifyVersion1 } from '../../src/core/devices/hmac-v1.ts'
import { contentDigest, signVersion2, verifyVersion2 } from '../../src/core/devices/http-signature.ts'
import type { SignedRequest } from '../../src/core/devices/proof.ts'

const ORIGIN = 'https://main.iam-api.com'
const SECRET = 'TEST0SECRET0TEST0SECRET0TEST0SEC'
const findSigner = async () => ({ client: undefined, secrets: [SECRET] })

const VERSION_1 = [
  {
    name: 'as the shipped clients do it',
    nonce: '9223372036854775807',
    address: 'main.iam-api.com/management/add_users/ABCD',
    signature: 'yDf67ySVX2Z+KfAyAlIMZQ==',
  },
  {
    name: 'as the documentation says',
    nonce: '9223372036854775807',
    address: 'https://main.iam-api.com/management/add_users/ABCD',
    signature: 'XsHhzpVQy/t82+B+MHGr8g==',
  },
  {
    name: 'with a hexadecimal nonce',
    nonce: '7FFFFFFFFFFFFFFF',
    address: 'main.iam-api.com/management/add_users/ABCD',
    signature: 'EEDRSLzcUdZVR8fU8T6VIw==',
  },
  {
    name: 'with a query',
    nonce: '9223372036854775807',
    address: 'main.iam-api.com/management/device_registration_link/ABCD/user+1?display_name=user1%40my_application',
    signature: 'Ad/adIKWEF6Nw3q9dDePGw==',
  },
]

const request = (target: string, headers: Record<string, string>, body = ''): SignedRequest => ({
  method: 'POST',
  origin: ORIGIN,
  target,
  header: (name) => headers[name],
  body: async () => new TextEncoder().encode(body),
})

describe('version 1', () => {
  for (const { name, nonce, address, signature } of VERSION_1) {
    test(`vector ${name}`, async () => {
      assert.equal(await signVersion1(SECRET, { nonce, address, timestamp: '1234567890' }), signature)
      const target = address.replace(/^(https:\/\/)?[^/]+/, '')
      const proof = await verifyVersion1(
        request(target, {
          authentication: `hmac ABCD:${nonce}:${signature}`,
          'x-iampass-authentiaction-timestamp': '1234567890',
          'x-sonikpass-authentication-version': '1',
        }),
        findSigner,
      )
      assert.equal(proof.nonce, nonce)
      assert.ok(proof.isTimely(new Date(1234567890_000 + 300_999)))
      assert.ok(!proof.isTimely(new Date(1234567890_000 + 301_000)))
      assert.ok(!proof.isTimely(new Date(1234567890_000 - 301_000)))
    })
  }
})

describe('version 2', () => {
  const body = '{"users":["user1","user2"]}'
  const target = '/management/add_users/ABCD'
  const digest = 'sha-256=:8fvh4ua1KzWvDgEpl0KwMh8EIjySStDfjRk0G03arEA=:'
  const signing = {
    clientId: 'ABCD',
    secret: SECRET,
    nonce: 'Zm9vYmFyYmF6cXV4MTIzNA',
    created: 1_700_000_000,
    expires: 1_700_000_060,
  }
  const headers = { 'content-type': 'application/json', 'content-digest': digest }

  test('the vector', async () => {
    assert.equal(await contentDigest(new TextEncoder().encode(body)), digest)
    const signed = await signVersion2(request(target, headers, body), signing)
    assert.equal(signed.signature, 'sig1=:LnQ3s9XeYdwRi3yq1thXupq9bo7je8SeZNqQE+ffuMA=:')

    const proof = await verifyVersion2(request(target, { ...headers, ...signed }, body), findSigner)
    assert.equal(proof.nonce, signing.nonce)
    assert.ok(proof.isTimely(new Date(1_700_000_060_999)))
    assert.ok(!proof.isTimely(new Date(1_700_000_061_000)))
    assert.ok(!proof.isTimely(new Date(1_699_999_699_000)))
  })

  test('another body, though its own digest is right, is refused', async () => {
    const signed = await signVersion2(request(target, headers, body), signing)
    const other = '{"users":["user1","mallory"]}'
    const bytes = new TextEncoder().encode(other)
    for (const claimed of [digest, await contentDigest(bytes)])
      await assert.rejects(
        verifyVersion2(request(target, { ...headers, 'content-digest': claimed, ...signed }, other), findSigner),
        { code: 'signature_invalid' },
      )
  })

  test('a store that fails while the secret is looked up is not blamed on the signature', async () => {
    const signed = await signVersion2(request(target, headers, body), signing)
    const failing = () => Promise.reject(new Error('the store is down'))
    await assert.rejects(verifyVersion2(request(target, { ...headers, ...signed }, body), failing), /store is down/)
  })
})
