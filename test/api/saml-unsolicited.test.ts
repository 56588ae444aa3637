/** Logins that begin at the identity provider. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import type { ConnectedWorld } from '../support/federation.ts'
import { makeKey, type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { type Login, write } from '../support/saml-idp-messages.ts'
import { begin, CONSUMER_URL, entityIdOf, makeSamlWorld, meOf, post, told } from '../support/saml-idp-world.ts'

let app: App
let idp: SamlProvider
let world: ConnectedWorld

before(async () => {
  app = await startApp()
  idp = await startSamlProvider()
  world = await makeSamlWorld(app, idp, { allowUnsolicited: true })
})
after(() => idp.close())

const queryOf = ({ client }: ConnectedWorld) => `?client=${client.clientId}`

const unasked = (of: ConnectedWorld): Login => ({
  entityId: idp.entityId,
  audience: entityIdOf(of),
  consumerUrl: CONSUMER_URL,
  requestId: undefined,
  subject: `ada.${crypto.randomUUID()}@example.com`,
  now: app.now(),
})

describe('a response that nobody asked for', () => {
  test('logs in where the connection allows it, to the client that the address names', async () => {
    const login = unasked(world)
    const arrived = told(await post(app, {}, write(login, idp.key).response, queryOf(world)))
    assert.equal((await meOf(app, world, arrived))['username'], login.subject)
  })

  test('may be meant for the address with the client in it', async () => {
    const consumerUrl = `${CONSUMER_URL}${queryOf(world)}`
    const { response } = write({ ...unasked(world), consumerUrl }, idp.key)
    assert.ok(told(await post(app, { relayState: 'https://app.example/deep' }, response, queryOf(world)))['code'])
  })

  test('is good once', async () => {
    const { response } = write(unasked(world), idp.key)
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(app, {}, response, queryOf(world))))
    assert.equal(answers.filter(({ status }) => status === 302).length, 1)
    refusedWith(await post(app, {}, response, queryOf(world)), 401, 'Code Expired')
  })

  test('is refused where the connection does not allow it', async () => {
    const strict = await makeSamlWorld(app, idp)
    refusedWith(await post(app, {}, write(unasked(strict), idp.key).response, queryOf(strict)), 401, 'Client Invalid')
  })

  test('is refused without a client that is known and active', async () => {
    const { response } = write(unasked(world), idp.key)
    for (const query of ['', '?client=', '?client=nobody'])
      refusedWith(await post(app, {}, response, query), 401, 'Client Invalid')
    const own = await makeSamlWorld(app, idp, { allowUnsolicited: true })
    await app.admin.patch(`/v1/clients/${own.client.id}`, { status: 'disabled' })
    const answer = await post(app, {}, write(unasked(own), idp.key).response, queryOf(own))
    refusedByStrategy(answer, 'Client Verification Failed')
  })

  test('cannot be one that somebody did ask for', async () => {
    const { login } = await begin(app, world, idp)
    refusedByStrategy(await post(app, {}, write(login, idp.key).response, queryOf(world)), 'SAML Response Invalid')
  })

  test('is refused with the wrong key, and from another tenant’s identity provider', async () => {
    const forged = write(unasked(world), makeKey()).response
    refusedByStrategy(await post(app, {}, forged, queryOf(world)), 'SAML Response Invalid')
    const other = await makeSamlWorld(app, idp, { allowUnsolicited: true })
    refusedByStrategy(
      await post(app, {}, write(unasked(other), idp.key).response, queryOf(world)),
      'SAML Response Invalid',
    )
  })
})

describe('the response route', () => {
  test('takes forms only, of at most 512 KiB', async () => {
    assert.equal((await app.post('/auth/saml-redirect', { SAMLResponse: 'x' })).status, 415)
    const form = new URLSearchParams({ SAMLResponse: 'x'.repeat(513 * 1024) })
    assert.equal((await app.post(`/auth/saml-redirect${queryOf(world)}`, form)).status, 413)
  })

  test('takes a message of almost 256 KiB', async () => {
    const attributes = { mail: ['ada@example.com'], note: ['x'.repeat(120_000), 'y'.repeat(120_000)] }
    const { response } = write({ ...unasked(world), attributes }, idp.key)
    assert.ok(told(await post(app, {}, response, queryOf(world)))['code'])
  })

  test('refuses a form without a response', async () => {
    const answer = await app.post(`/auth/saml-redirect${queryOf(world)}`, new URLSearchParams({ RelayState: '' }))
    refusedByStrategy(answer, 'SAML Response Invalid')
  })
})
