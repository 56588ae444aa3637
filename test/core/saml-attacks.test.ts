/** Every manipulation is refused for the reason that it should be, and none costs more than the budget. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { AppError } from '../../src/core/errors.ts'
import { toProfile } from '../../src/core/federation/saml/attributes.ts'
import { readResponse } from '../../src/core/federation/saml/response.ts'
import { ATTACKS, makeForge } from '../support/saml-idp-attacks.ts'
import { certify } from '../support/saml-idp-certificate.ts'
import { type Login, toField } from '../support/saml-idp-messages.ts'

const idp = certify(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const login: Login = {
  entityId: 'https://idp.example/metadata',
  audience: 'https://sp.example/metadata',
  consumerUrl: 'https://sp.example/acs',
  requestId: '_request',
  subject: 'ada@example.com',
  now: new Date(),
}
const forge = makeForge(login, idp)

const read = async (xml: string | Uint8Array) =>
  toProfile(
    await readResponse(toField(xml), {
      entityId: login.entityId,
      certificates: [idp.certificate],
      audience: login.audience,
      destinations: [login.consumerUrl],
      inResponseTo: login.requestId,
      now: login.now,
    }),
  )

test('an honest response is taken', async () => {
  assert.equal((await read(forge.write().response)).subject, login.subject)
})

for (const [kind, attacks] of Object.entries(ATTACKS))
  describe(kind, () => {
    for (const [name, [reason, make]] of Object.entries(attacks))
      test(name, async () => {
        const xml = make(forge)
        const refusal = await read(xml).then(
          () => assert.fail('it was taken'),
          (error: unknown) => error,
        )
        assert.ok(refusal instanceof AppError && refusal.cause instanceof Error, String(refusal))
        const given = refusal.cause.message.replace('SAML: ', '')
        if (typeof reason === 'string') assert.equal(given, reason)
        else assert.match(given, reason)
      })
  })
