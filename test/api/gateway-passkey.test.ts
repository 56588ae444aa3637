import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { browserOf, locationOf, SERVICE, startLogin } from '../support/gateway.ts'
import { makePasskey, type Passkey } from '../support/passkey.ts'
import { bearer, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
let passkey: Passkey

before(async () => {
  app = await startApp()
  world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
  passkey = await enrol(world)
})

async function enrol(whose: World): Promise<Passkey> {
  const headers = bearer(await getTokens(app, whose))
  const made = await makePasskey()
  const options = await app.post<Parameters<Passkey['create']>[0]>('/auth/passkeys/options', {}, headers)
  const enrolled = { name: 'Laptop', response: made.create(options.body) }
  assert.equal((await app.post('/auth/passkeys', enrolled, headers)).status, 200)
  return made
}

async function answer(by: Passkey, flow: string, browser = browserOf(app)) {
  const { body } = await app.post<{ challenge: string }>('/auth/passkey-login/options', {})
  return browser.visit('POST', '/login/passkey', { flow, response: JSON.stringify(await by.get(body)) })
}

describe('a passkey on the hosted login', () => {
  test('leads back to the service with a session, without a username and without a second factor', async () => {
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { secondFactor: 'required' })
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const posted = await answer(passkey, flow, browser)
    assert.equal(posted.status, 303, posted.text)
    const back = await browser.visit('GET', locationOf(posted))
    assert.equal(locationOf(back), SERVICE)
    assert.equal((await browser.visit('GET', '/imsg-service/v1/token-is-set')).status, 200)
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { secondFactor: 'off' })
  })

  test('is refused to members of another organisation only, in words that say nothing more', async () => {
    const stranger = await enrol(await makeWorld(app))
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    for (const by of [stranger, await makePasskey()]) {
      const { status, text } = await answer(by, flow, browser)
      assert.equal(status, 422)
      assert.match(text, /This passkey does not work here/)
    }
    assert.equal((await answer(passkey, flow, browser)).status, 303)
  })

  test('is offered and taken only where the organisation allows it', async () => {
    const closed = await makeWorld(app, { tenant: { callbackUrls: [SERVICE], loginMethods: ['password'] } })
    const browser = browserOf(app)
    const flow = await startLogin(browser, closed)
    const page = await browser.visit('GET', `/login?flow=${flow}`)
    assert.ok(!page.text.includes('passkey'))
    const open = browserOf(app)
    const offered = await open.visit('GET', `/login?flow=${await startLogin(open, world)}`)
    assert.match(offered.text, /autocomplete="username webauthn"/)
    assert.match(offered.headers.get('content-security-policy') ?? '', /script-src 'self'/)
    assert.equal((await answer(await enrol(closed), flow, browser)).status, 422)
  })

  test('is taken from our own pages only, in whole, and in a login that this browser has started', async () => {
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    assert.equal((await answer(passkey, flow)).status, 410)
    for (const response of ['', '{', '{}', 'null', '"x"', 'x'.repeat(30_000)]) {
      const { status } = await browser.visit('POST', '/login/passkey', { flow, response })
      assert.ok(status >= 400 && status < 500, `${response.slice(0, 10)}: ${status}`)
    }
    const { body } = await app.post<{ challenge: string }>('/auth/passkey-login/options', {})
    const form = { flow, response: JSON.stringify(await passkey.get(body)) }
    const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    assert.equal((await browser.visit('POST', '/login/passkey', form, elsewhere)).status, 403)
    assert.equal((await browser.visit('POST', '/login/passkey', form)).status, 303)
    assert.equal((await browser.visit('POST', '/login/passkey', form)).status, 410)
  })
})
