/** Responses that no honest login leads to: each is refused, and nothing of it stays. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { refusedWith } from '../support/auth-errors.ts'
import type { ConnectedWorld } from '../support/federation.ts'
import { type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { ATTACKS, makeForge } from '../support/saml-idp-attacks.ts'
import { write } from '../support/saml-idp-messages.ts'
import { begin, countTraces, makeSamlWorld, post, told } from '../support/saml-idp-world.ts'

let app: App
let idp: SamlProvider
let world: ConnectedWorld

before(async () => {
  app = await startApp()
  idp = await startSamlProvider()
  world = await makeSamlWorld(app, idp)
})
after(() => idp.close())

const REFUSED = { error: 'access_denied', error_description: 'The SAML response was refused', state: 'mine' }
const ENDED = { error: 'access_denied', error_description: 'This login is expired or was used already' }

test('the response that all of these are made of is taken', async () => {
  const begun = await begin(app, world, idp)
  assert.ok(told(await post(app, begun, write(begun.login, idp.key).response))['code'])
})

for (const [kind, attacks] of Object.entries(ATTACKS))
  describe(kind, () => {
    for (const [name, [, make]] of Object.entries(attacks))
      test(`${name} is refused`, async () => {
        const begun = await begin(app, world, idp, { state: 'mine' })
        const response = make(makeForge(begun.login, idp.key))
        const before = await countTraces(app)
        assert.deepEqual(told(await post(app, begun, response)), REFUSED)
        assert.deepEqual(await countTraces(app), before)
      })
  })

describe('a good response', () => {
  test('is good once', async () => {
    const begun = await begin(app, world, idp)
    const { response } = write(begun.login, idp.key)
    assert.ok(told(await post(app, begun, response))['code'])
    assert.deepEqual(told(await post(app, begun, response)), ENDED)
  })

  test('is good once, however many come at the same time', async () => {
    const begun = await begin(app, world, idp)
    const { response } = write(begun.login, idp.key)
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(app, begun, response)))
    assert.equal(answers.filter((answer) => told(answer)['code']).length, 1)
  })

  test('is no answer to a login that was started anew', async () => {
    const first = await begin(app, world, idp)
    const second = await begin(app, world, idp, { state: 'mine' })
    assert.deepEqual(told(await post(app, second, write(first.login, idp.key).response)), REFUSED)
  })

  test('of one connection is none for another with the same identity provider', async () => {
    const other = await makeSamlWorld(app, idp)
    const begun = await begin(app, other, idp, { state: 'mine' })
    const { audience } = (await begin(app, world, idp)).login
    assert.deepEqual(told(await post(app, begun, write({ ...begun.login, audience }, idp.key).response)), REFUSED)
  })

  test('is refused from another browser, which is sent nowhere', async () => {
    const { login, relayState } = await begin(app, world, idp)
    const { cookie } = await begin(app, world, idp)
    const { response } = write(login, idp.key)
    for (const kept of ['', cookie])
      refusedWith(await post(app, { relayState, cookie: kept }, response), 401, 'Client Invalid')
  })

  test('is refused with a RelayState that is unknown, missing or of another login', async () => {
    const begun = await begin(app, world, idp)
    const other = await begin(app, world, idp)
    const { response } = write(begun.login, idp.key)
    for (const relayState of ['x'.repeat(43), '', 'https://evil.example/', other.relayState])
      refusedWith(await post(app, { ...begun, relayState }, response), 401, 'Client Invalid')
  })

  test('brings the person to the client that started the login, whatever the address says', async () => {
    const other = await makeSamlWorld(app, idp, {}, { client: { redirectUrl: 'https://other.example/' } })
    const begun = await begin(app, world, idp)
    const { response } = write(begun.login, idp.key)
    assert.ok(told(await post(app, begun, response, `?client=${other.client.clientId}`))['code'])
  })

  test('comes too late after ten minutes', LIBSQL_ONLY, async () => {
    const begun = await begin(app, world, idp)
    await app.wait(601)
    const { response } = write({ ...begun.login, now: app.now() }, idp.key)
    assert.deepEqual(told(await post(app, begun, response)), ENDED)
  })

  test('is refused once the connection is disabled', async () => {
    const own = await makeSamlWorld(app, idp)
    const begun = await begin(app, own, idp)
    await app.admin.patch(`/v1/connections/${own.connection.id}`, { status: 'disabled' })
    assert.deepEqual(told(await post(app, begun, write(begun.login, idp.key).response)), ENDED)
  })
})
