import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
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

describe('the callback', () => {
  /** A token on its way, in the browser that asked for it. */
  async function onTheWay() {
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const { username, password } = world.user
    const posted = await browser.visit('POST', '/login/password', { flow, username, password })
    return { browser, flow, path: locationOf(posted) }
  }
  const FORBIDDEN = [403, 'errors.auth.Forbidden']

  test('takes a token once', async () => {
    const { browser, path } = await onTheWay()
    const secrets = new Map(browser.cookies)
    assert.equal((await browser.visit('GET', path)).status, 302)
    for (const [name, value] of secrets) browser.cookies.set(name, value)
    const { status, body } = await browser.visit<unknown>('GET', path)
    assert.deepEqual([status, body], FORBIDDEN)
  })

  test('of fifty at once takes one', async () => {
    const { browser, path } = await onTheWay()
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.get(path, { cookie })))
    assert.equal(answers.filter(({ status }) => status === 302).length, 1)
    assert.equal(answers.filter(({ status }) => status === 403).length, 49)
  })

  test('is closed to another browser, and to garbage', async () => {
    const { path } = await onTheWay()
    const stranger = browserOf(app)
    await startLogin(stranger, world)
    const answer = await stranger.visit<unknown>('GET', path)
    assert.deepEqual([answer.status, answer.body], FORBIDDEN)
    const garbage = query({ imid_token: 'garbage', serviceCallback: SERVICE })
    assert.equal((await stranger.visit('GET', `${BASE}/callback?${garbage}`)).status, 403)
    assert.equal((await stranger.visit('GET', `${BASE}/callback`)).status, 400)
  })

  test('goes nowhere but where the organisation allows, and the token stays good', async () => {
    const { browser, path } = await onTheWay()
    const elsewhere = path.replace(/serviceCallback=[^&]*/, query({ serviceCallback: 'https://evil.example/' }))
    const { status, body } = await browser.visit<unknown>('GET', elsewhere)
    assert.deepEqual([status, body], [400, 'errors.api.BadRequestError'])
    assert.equal((await browser.visit('GET', path)).status, 302)
  })

  test('gives a new session at each login', async () => {
    const browser = browserOf(app)
    await logInAtGateway(browser, world)
    const first = browser.cookies.get('imidToken')
    await logInAtGateway(browser, world)
    assert.notEqual(browser.cookies.get('imidToken'), first)
  })
})
