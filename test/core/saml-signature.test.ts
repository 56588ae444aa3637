/** The signatures that are taken: RSA and elliptic curves over SHA-2, made by Node's cryptography. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { isUsableCertificate } from '../../src/core/federation/saml/certificates.ts'
import { certify } from '../support/saml-idp-certificate.ts'
import { write } from '../support/saml-idp-messages.ts'
import { login, read } from '../support/saml-idp-pair.ts'
import type { DIGESTS, METHODS } from '../support/saml-idp-signature.ts'

const curve = (namedCurve: string) => certify(generateKeyPairSync('ec', { namedCurve }))
const rsa = (modulusLength: number) => certify(generateKeyPairSync('rsa', { modulusLength }))
const KEYS = { rsa: rsa(2048), 'P-256': curve('P-256'), 'P-384': curve('P-384'), 'P-521': curve('P-521') }
const certificates = Object.values(KEYS).map(({ certificate }) => certificate)

const TAKEN: [keyof typeof METHODS, keyof typeof DIGESTS, keyof typeof KEYS][] = [
  ['rsa-sha256', 'sha256', 'rsa'],
  ['rsa-sha384', 'sha384', 'rsa'],
  ['rsa-sha512', 'sha512', 'rsa'],
  ['rsa-pss-sha256', 'sha256', 'rsa'],
  ['ecdsa-sha256', 'sha256', 'P-256'],
  ['ecdsa-sha256', 'sha256', 'P-384'],
  ['ecdsa-sha384', 'sha384', 'P-384'],
  ['ecdsa-sha512', 'sha512', 'P-521'],
]

describe('a signature', () => {
  for (const [method, digest, key] of TAKEN)
    test(`with ${method} over ${digest} by a key of ${key} holds`, async () => {
      const { response } = write(login, KEYS[key], {}, { method, digest })
      assert.equal((await read(response, { certificates })).subject, login.subject)
    })

  test('holds with a certificate in bare base64', async () => {
    const bare = KEYS.rsa.certificate.replace(/-----.*?-----|\s/g, '')
    assert.equal((await read(write(login, KEYS.rsa).response, { certificates: [bare] })).subject, login.subject)
  })
})

describe('a certificate', () => {
  test('is usable with a strong key only', async () => {
    for (const certificate of certificates) assert.equal(await isUsableCertificate(certificate), true)
    const weak = [rsa(1024).certificate, curve('secp256k1').certificate, 'garbage', '']
    for (const certificate of weak) assert.equal(await isUsableCertificate(certificate), false)
  })
})
