/** No hostile address gets into a `Location`: not at the login, not at the callback, not at the logout. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { browserOf, locationOf, logInAtGateway, SERVICE, startLogin } from '../support/gateway.ts'
import { HOSTILE_URLS } from '../support/hostile-urls.ts'
import { makeWorld, type World } from '../support/world.ts'

const BASE = '/imsg-service/v1'
const HTML = { accept: 'text/html' }

/** Some of every trick. What a query cannot carry as it is, it cannot be asked with. */
const SOME = Object.values(HOSTILE_URLS)
  .flatMap((urls) => urls.filter((_, n) => n % Math.ceil(urls.length / 5) === 0))
  .filter((url) => url.isWellFormed() && url.length < 5000)

let app: App
let world: World
before(async () => {
  app = await startApp()
  world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
})

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()

function refused({ status, headers, body }: { status: number; headers: Headers; body: unknown }, url: string) {
  const given = JSON.stringify(url)
  assert.deepEqual([status, body, headers.get('location')], [400, 'errors.api.BadRequestError', null], given)
}

describe('of the hostile addresses', () => {
  test('enough are tried', () => assert.ok(SOME.length >= 60, String(SOME.length)))

  test('none starts a login', async () => {
    for (const callback of SOME) {
      refused(await app.get<unknown>(`${BASE}/login?${query({ org: world.tenant.key, callback })}`), callback)
      refused(await app.get<unknown>(`${BASE}/org/${world.tenant.key}/login?${query({ callback })}`), callback)
    }
  })

  test('none is where a good token leads, nor spends it', async () => {
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const { username, password } = world.user
    const posted = await browser.visit('POST', '/login/password', { flow, username, password })
    const { searchParams } = new URL(locationOf(posted), 'http://x')
    const imid_token = searchParams.get('imid_token') ?? ''
    for (const serviceCallback of SOME)
      refused(
        await browser.visit<unknown>('GET', `${BASE}/callback?${query({ imid_token, serviceCallback })}`),
        serviceCallback,
      )
    assert.equal(locationOf(await browser.visit('GET', locationOf(posted))), SERVICE)
  })

  test('none is where a logout leads', async () => {
    const browser = browserOf(app)
    // One of each trick: every logout needs a login before it, and a login is slow on purpose.
    for (const callback of Object.values(HOSTILE_URLS).flatMap(
      (urls) => urls.find((url) => SOME.includes(url)) ?? [],
    )) {
      if (!browser.cookies.has('imidToken')) await logInAtGateway(browser, world)
      refused(await browser.visit<unknown>('POST', `${BASE}/logout?${query({ callback })}`, undefined, HTML), callback)
    }
  })
})

test('a space within the query of an address is written as every parser writes it', async () => {
  const browser = browserOf(app)
  // An unescaped plus is a space, too, in the parameter that carries it.
  for (const callback of [`${SERVICE}?q=a b&r=%2B`, `${SERVICE}/x?q=a%20b&r=%2B`]) {
    const back = await logInAtGateway(browser, world, callback)
    assert.equal(back.replace('/app/x?', '/app?'), `${SERVICE}?q=a%20b&r=%2B`)
  }
})
