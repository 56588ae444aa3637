/** What an administrator sets up, and what the two sides know of each other. */
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refusedWith } from '../support/auth-errors.ts'
import { makeKey, type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { CONSUMER_URL, entityIdOf, logInAt, makeSamlWorld, newPerson, settingsOf } from '../support/saml-idp-world.ts'

let app: App
let idp: SamlProvider

before(async () => {
  app = await startApp()
  idp = await startSamlProvider()
})
after(() => idp.close())

const ours = makeKey()
const privateKey = String(ours.privateKey.export({ type: 'pkcs8', format: 'pem' }))
const withKey = () => ({ saml: { ...settingsOf(idp), spKey: privateKey + ours.certificate } })
const metadataOf = async (id: string) => app.get(`/auth/saml/metadata?connection=${id}`)

describe('our metadata', () => {
  test('tells who we are to this identity provider and where it answers', async () => {
    const world = await makeSamlWorld(app, idp)
    const { status, headers, text } = await metadataOf(world.connection.id)
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'application/samlmetadata+xml')
    assert.match(text, new RegExp(` entityID="${entityIdOf(world).replace('?', '\\?')}"`))
    assert.match(text, new RegExp(`HTTP-POST" Location="${CONSUMER_URL}"`))
    assert.match(text, /AuthnRequestsSigned="false" WantAssertionsSigned="true"/)
    assert.doesNotMatch(text, /KeyDescriptor/)
  })

  test('shows our certificate, or the bare key where there is none', async () => {
    const bare = (pem: string) => pem.replace(/-----.*?-----|\s/g, '')
    const certified = await makeSamlWorld(app, idp, withKey())
    const { text } = await metadataOf(certified.connection.id)
    assert.match(text, /AuthnRequestsSigned="true"/)
    assert.equal(text.split(`<ds:X509Certificate>${bare(ours.certificate)}</ds:X509Certificate>`).length, 3)
    await app.admin.patch(`/v1/connections/${certified.connection.id}`, { saml: { spKey: privateKey } })
    const { n = '', e = '' } = createPublicKey(ours.privateKey).export({ format: 'jwk' })
    const [modulus, exponent] = [n, e].map((part) => Buffer.from(part, 'base64url').toString('base64'))
    const value = `<ds:RSAKeyValue><ds:Modulus>${modulus}</ds:Modulus><ds:Exponent>${exponent}</ds:Exponent></ds:RSAKeyValue>`
    assert.ok((await metadataOf(certified.connection.id)).text.includes(value))
  })

  test('is not there for an unknown connection, or one of another kind', async () => {
    refusedWith(await metadataOf(crypto.randomUUID()), 404, 'API not found !')
  })
})

describe('a connection with a key', () => {
  test('signs its requests, to the satisfaction of the identity provider', async () => {
    const world = await makeSamlWorld(app, idp, withKey())
    idp.options = { signingCert: ours.certificate }
    assert.ok((await logInAt(app, idp, world, newPerson()))['code'])
    idp.options = { signingCert: makeKey().certificate }
    await assert.rejects(logInAt(app, idp, world, newPerson()), /answers 500/)
    idp.options = {}
  })

  for (const signResponse of [false, true])
    test(`reads what is encrypted${signResponse ? ' and signed once more' : ''}`, async () => {
      const world = await makeSamlWorld(app, idp, withKey())
      const encryptionPublicKey = createPublicKey(ours.privateKey).export({ type: 'spki', format: 'pem' })
      idp.options = { signResponse, encryptionPublicKey, encryptionCert: Buffer.from(ours.certificate) }
      assert.ok((await logInAt(app, idp, world, newPerson()).finally(() => (idp.options = {})))['code'])
    })
})
