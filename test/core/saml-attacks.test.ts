/** Every manipulation is refused, and for the reason that it should be. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { toProfile } from '../../src/core/federation/saml/attributes.ts'
import { ATTACKS, makeForge } from '../support/saml-idp-attacks.ts'
import { idp, login, read, reasonOf } from '../support/saml-idp-pair.ts'

const forge = makeForge(login, idp)
const readProfile = async (xml: string | Uint8Array) => toProfile(await read(xml, { privateKey: undefined }))

test('an honest response is taken', async () => {
  assert.equal((await readProfile(forge.write().response)).subject, login.subject)
})

for (const [kind, attacks] of Object.entries(ATTACKS))
  describe(kind, () => {
    for (const [name, [reason, make]] of Object.entries(attacks))
      test(name, async () => {
        const given = await reasonOf(readProfile(make(forge)))
        if (typeof reason === 'string') assert.equal(given, reason)
        else assert.match(given, reason)
      })
  })
