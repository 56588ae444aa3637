/** On D1 every batch is a trip over the network, and trips are what a request waits for. Warm, each has a budget. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { altered } from '../support/altered.ts'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { browserOf, logInAtGateway, SERVICE } from '../support/gateway.ts'
import { bearer, getCode, getTokens, makeWorld, refresh, type Tokens, type World } from '../support/world.ts'

let app: App
let world: World

/** How many trips to the store the work takes. */
async function tripsOf(work: () => Promise<unknown>): Promise<number> {
  assert.ok(app.traffic)
  const before = app.traffic.trips
  await work()
  return app.traffic.trips - before
}

describe('round trips to the store, when warm', LIBSQL_ONLY, () => {
  let tokens: Tokens

  before(async () => {
    app = await startApp()
    world = await makeWorld(app)
    tokens = await getTokens(app, world)
    tokens = (await refresh(app, tokens)).body
    await app.get('/auth/me', bearer(tokens))
  })

  test('a login takes two', async () => {
    assert.equal(await tripsOf(() => getCode(app, world)), 2)
  })

  test('a code becomes tokens in one', async () => {
    const code = await getCode(app, world)
    const exchange = () => app.post('/auth/token', { code, clientId: world.client.clientId })
    assert.equal(await tripsOf(async () => assert.equal((await exchange()).status, 200)), 1)
  })

  test('a refresh takes one', async () => {
    tokens = await getTokens(app, world)
    const trips = await tripsOf(async () => {
      const { status, body } = await refresh(app, tokens)
      assert.equal(status, 200)
      tokens = body
    })
    assert.equal(trips, 1)
  })

  test('asking who one is takes none', async () => {
    const me = async () => assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
    assert.equal(await tripsOf(me), 0)
  })

  test('the public keys take none', async () => {
    const keys = async () => assert.equal((await app.get('/.well-known/jwks.json')).status, 200)
    assert.equal(await tripsOf(keys), 0)
  })

  test('whether a gateway session stands, and its units, take none, and one read of the cache', async () => {
    const own = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
    const browser = browserOf(app)
    await logInAtGateway(browser, own)
    const ask = async (path: string) =>
      assert.equal((await browser.visit('GET', `/imsg-service/v1${path}`)).status, 200)
    await ask('/token-is-set')
    for (const path of ['/token-is-set', '/units']) {
      const reads = app.traffic?.cacheReads ?? 0
      assert.equal(await tripsOf(() => ask(path)), 0)
      assert.equal(app.traffic?.cacheReads, reads + 1)
    }
  })

  test('a forged refresh token takes none', async () => {
    const forged = { ...tokens, refreshToken: altered(tokens.refreshToken) }
    assert.equal(await tripsOf(async () => assert.equal((await refresh(app, forged)).status, 401)), 0)
  })
})
