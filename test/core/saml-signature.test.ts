/** Signatures and canonical XML, judged by other implementations. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import type { Expected } from '../../src/core/federation/saml/assertion.ts'
import { readResponse } from '../../src/core/federation/saml/response.ts'
import { certify } from '../support/saml-idp-certificate.ts'
import { type Login, toField, write } from '../support/saml-idp-messages.ts'
import type { DIGESTS, METHODS } from '../support/saml-idp-signature.ts'

const keys = {
  rsa: certify(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  'P-256': certify(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  'P-384': certify(generateKeyPairSync('ec', { namedCurve: 'P-384' })),
  'P-521': certify(generateKeyPairSync('ec', { namedCurve: 'P-521' })),
}
const now = new Date()
const login: Login = {
  entityId: 'urn:idp',
  audience: 'urn:sp',
  consumerUrl: 'https://sp.example/acs',
  requestId: '_r',
  subject: 'ada',
  now,
}
const expected: Expected = {
  entityId: 'urn:idp',
  certificates: Object.values(keys).map(({ certificate }) => certificate),
  audience: 'urn:sp',
  destinations: ['https://sp.example/acs'],
  inResponseTo: '_r',
  now,
}

describe('a signature', () => {
  const good: [keyof typeof METHODS, keyof typeof DIGESTS, keyof typeof keys][] = [
    ['rsa-sha256', 'sha256', 'rsa'],
    ['rsa-sha384', 'sha384', 'rsa'],
    ['rsa-sha512', 'sha512', 'rsa'],
    ['rsa-pss-sha256', 'sha256', 'rsa'],
    ['ecdsa-sha256', 'sha256', 'P-256'],
    ['ecdsa-sha256', 'sha256', 'P-384'],
    ['ecdsa-sha384', 'sha384', 'P-384'],
    ['ecdsa-sha512', 'sha512', 'P-521'],
  ]
  for (const [method, digest, key] of good)
    test(`with ${method} over ${digest} by a key of ${key} holds`, async () => {
      const { response } = write(login, keys[key], {}, { method, digest })
      assert.equal((await readResponse(toField(response), expected)).subject, 'ada')
    })
})
