/** The way to the identity provider. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { invalidWith, refusedByStrategy, refusedWith, unknown } from '../support/auth-errors.ts'
import { type ConnectedWorld, clientForm } from '../support/federation.ts'
import { readRequest, type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { CONSUMER_URL, entityIdOf, makeSamlWorld } from '../support/saml-idp-world.ts'
import { makeWorld } from '../support/world.ts'

let app: App
let idp: SamlProvider
let world: ConnectedWorld

before(async () => {
  app = await startApp()
  idp = await startSamlProvider()
  world = await makeSamlWorld(app, idp)
})
after(() => idp.close())

const start = (form: Record<string, string>) => app.post('/auth/saml', new URLSearchParams(form))

describe('starting a SAML login', () => {
  test('sends a request for this one login to the identity provider', async () => {
    const { status, headers } = await start(clientForm(world))
    assert.equal(status, 302)
    const location = headers.get('location') ?? ''
    assert.ok(location.startsWith(`${idp.ssoUrl}&SAMLRequest=`), location)
    const { xml, consumerUrl, id } = readRequest(new URL(location).searchParams.get('SAMLRequest') ?? '')
    assert.equal(consumerUrl, CONSUMER_URL)
    assert.match(id, /^_[\w-]{43}$/)
    assert.ok(xml.includes(` Destination="${idp.ssoUrl}"`))
    assert.ok(xml.includes(`<saml:Issuer>${entityIdOf(world)}</saml:Issuer>`))
    assert.doesNotMatch(location, /SigAlg|Signature/)
  })

  test('leaves a cookie that comes along when the identity provider posts from its own site', async () => {
    const { headers } = await start(clientForm(world))
    const relayState = new URL(headers.get('location') ?? '').searchParams.get('RelayState') ?? ''
    const [pair = '', ...attributes] = (headers.get('set-cookie') ?? '').split('; ')
    assert.ok(pair.startsWith('__Host-') && !pair.includes(relayState))
    for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=None']) assert.ok(attributes.includes(attribute))
  })

  test('is for clients that prove who they are', async () => {
    refusedByStrategy(await start({ ...clientForm(world), client_secret: 'wrong' }), 'Client Verification Failed')
    refusedWith(await start({ ...clientForm(world), client_id: '' }), 401, 'Unauthorized')
  })

  test('takes the fields of the form and no others', async () => {
    invalidWith(await start({ ...clientForm(world), redirect_uri: 'https://evil.example/' }), [unknown('redirect_uri')])
    assert.equal((await app.post('/auth/saml', clientForm(world))).status, 415)
  })

  test('needs a connection of the tenant', async () => {
    assert.equal((await start(clientForm(await makeWorld(app)))).status, 404)
  })
})
