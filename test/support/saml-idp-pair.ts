/** An identity provider and a service provider that exist only as keys and names, for what is pure about SAML. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { AppError } from '../../src/core/errors.ts'
import type { AssertionClaims, Expected } from '../../src/core/federation/saml/assertion.ts'
import { readResponse } from '../../src/core/federation/saml/response.ts'
import { certify } from './saml-idp-certificate.ts'
import { type Login, toField } from './saml-idp-messages.ts'

const makeRsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

export const idp = certify(makeRsa())

const { privateKey } = makeRsa()
/** What assertions are encrypted with. */
export const ourPublicKey = createPublicKey(privateKey)

export const login: Login = {
  entityId: 'https://idp.example/metadata',
  audience: 'https://sp.example/metadata',
  consumerUrl: 'https://sp.example/acs',
  requestId: '_request',
  subject: 'ada@example.com',
  now: new Date(),
}

export const expected: Expected = {
  entityId: login.entityId,
  certificates: [idp.certificate],
  privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  audience: login.audience,
  destinations: [login.consumerUrl],
  inResponseTo: login.requestId,
  now: login.now,
}

export const read = (xml: string | Uint8Array, other: Partial<Expected> = {}): Promise<AssertionClaims> =>
  readResponse(toField(xml), { ...expected, ...other })

/** Why it is refused; fails where it is not. */
export async function reasonOf(reading: Promise<unknown>): Promise<string> {
  const refusal = await reading.then(
    () => new Error('it was taken'),
    (error: unknown) => error,
  )
  if (refusal instanceof AppError && refusal.cause instanceof Error) return refusal.cause.message.replace('SAML: ', '')
  throw refusal
}
