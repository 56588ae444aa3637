import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { browserOf, locationOf, logInAtGateway, SERVICE, startLogin } from '../support/gateway.ts'
import { makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
const BASE = '/imsg-service/v1'

before(async () => {
  app = await startApp()
  world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
})

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()

describe('the trip of a browser', () => {
  test('leads from the service through the hosted page back to it, with a session', async () => {
    const browser = browserOf(app)
    assert.equal((await browser.visit('GET', `${BASE}/token-is-set`)).status, 401)
    assert.equal(await logInAtGateway(browser, world, `${SERVICE}/home?x=1`), `${SERVICE}/home?x=1`)
    const { status, body, headers } = await browser.visit('GET', `${BASE}/token-is-set`)
    assert.deepEqual([status, body], [200, { msg: 'ok' }])
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual([...browser.cookies.keys()], ['imidToken'])
  })

  test('sets a cookie that scripts and other sites do not get', async () => {
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const { username, password } = world.user
    const posted = await browser.visit('POST', '/login/password', { flow, username, password })
    const back = await browser.visit('GET', locationOf(posted))
    const cookie = back.headers.getSetCookie().find((line) => line.startsWith('imidToken='))
    assert.match(cookie ?? '', /; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    assert.equal(back.headers.get('referrer-policy'), 'no-referrer')
  })

  test('carries a token that says who, for a minute, to the gateway only', async () => {
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const { username, password } = world.user
    const posted = await browser.visit('POST', '/login/password', { flow, username, password })
    const url = new URL(locationOf(posted), 'http://x')
    const claims = decodeJwt(url.searchParams.get('imid_token') ?? '')
    const { aud, org, ntt, sub, groups, userinfo, exp, iat } = claims
    assert.deepEqual(
      [aud, org, ntt, sub, groups],
      ['imsg-service', world.tenant.key, 'id_token', world.user.id, ['editor']],
    )
    assert.deepEqual(userinfo, { given_name: 'Ada', family_name: 'Lovelace', email: world.user.email })
    assert.ok(Number(exp) - Number(iat) <= 60)
  })

  test('works with the organisation in the path, too', async () => {
    const started = await app.get(`${BASE}/org/${world.tenant.key}/login?${query({ callback: SERVICE })}`)
    assert.equal(started.status, 302)
    assert.match(locationOf(started), /^\/login\?flow=/)
  })
})

describe('a login', () => {
  const start = (parameters: Record<string, string>) => app.get<unknown>(`${BASE}/login?${query(parameters)}`)

  test('of an unknown or suspended organisation is answered alike', async () => {
    const suspended = await makeWorld(app, { tenant: { callbackUrls: [SERVICE], status: 'suspended' } })
    for (const org of ['nobody', suspended.tenant.key]) {
      const { status, body } = await start({ org, callback: SERVICE })
      assert.deepEqual([status, body], [404, 'errors.api.NotFoundError'])
    }
  })

  test('needs both parameters', async () => {
    for (const given of [{}, { org: world.tenant.key }, { callback: SERVICE }])
      assert.equal((await start(given as Record<string, string>)).status, 400)
  })

  test('says the same of a wrong password, a stranger and a member of another tenant', async () => {
    const other = await makeWorld(app)
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const pages = new Set<string>()
    for (const [username, password] of [
      [world.user.username, 'wrong'],
      ['nobody', 'wrong'],
      [other.user.username, other.user.password],
    ] as const) {
      const { status, text } = await browser.visit('POST', '/login/password', { flow, username, password })
      assert.equal(status, 422)
      pages.add(text.replaceAll(username, '').replace(/nonce="[^"]*"/g, ''))
    }
    assert.equal(pages.size, 1)
  })

  test('is taken from our own pages only', async () => {
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const { username, password } = world.user
    const form = { flow, username, password }
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
      assert.equal((await browser.visit('POST', '/login/password', form, headers as never)).status, 403)
  })

  test('ends in the browser that started it, or not at all', async () => {
    const flow = await startLogin(browserOf(app), world)
    const { username, password } = world.user
    const { status, text } = await browserOf(app).visit('POST', '/login/password', { flow, username, password })
    assert.equal(status, 410)
    assert.match(text, /This login has ended/)
  })

  test('with a one-time code', async () => {
    const own = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
    const browser = browserOf(app)
    const flow = await startLogin(browser, own)
    const sent = await browser.visit('POST', '/login/send-code', { flow, username: own.user.username })
    assert.equal(locationOf(sent), `/login/code?flow=${flow}`)
    assert.equal((await browser.visit('GET', locationOf(sent))).status, 200)
    const [message] = await app.outbox(own.user.email)
    assert.equal((await browser.visit('POST', '/login/code', { flow, code: 'wrong' })).status, 422)
    const posted = await browser.visit('POST', '/login/code', { flow, code: message?.code ?? '' })
    assert.equal((await browser.visit('GET', locationOf(posted))).status, 302)
  })

  test('with a second factor, where one is required', async () => {
    const own = await makeWorld(app, { tenant: { callbackUrls: [SERVICE], secondFactor: 'required' } })
    const browser = browserOf(app)
    const flow = await startLogin(browser, own)
    const { username, password } = own.user
    const first = await browser.visit('POST', '/login/password', { flow, username, password })
    assert.equal(locationOf(first), `/login/factor?flow=${flow}`)
    const [message] = await app.outbox(own.user.email)
    const second = await browser.visit('POST', '/login/factor', { flow, code: message?.code ?? '' })
    assert.equal((await browser.visit('GET', locationOf(second))).status, 302)
    assert.equal((await browser.visit('GET', `${BASE}/token-is-set`)).status, 200)
  })

  test('leads to a new password and a new account', async () => {
    const own = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
    await app.admin.patch(`/v1/tenants/${own.tenant.id}`, { signUp: { mode: 'open', roleId: own.role.id } })
    const browser = browserOf(app)
    const flow = await startLogin(browser, own)
    await browser.visit('POST', '/login/forgot', { flow, username: own.user.username })
    const [letter] = await app.outbox(own.user.email)
    assert.match(letter?.links[0] ?? '', /\/reset-password\?token=/)
    await browser.visit('POST', '/login/sign-up', { flow, email: `new.${own.tenant.key}@example.com` })
    const [welcome] = await app.outbox(`new.${own.tenant.key}@example.com`)
    assert.match(welcome?.links[0] ?? '', /\/sign-up\?token=/)
  })
})
