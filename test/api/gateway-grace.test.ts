/** The store is down: who is logged in stays so, nobody new comes in, and the gateway says how it stands. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Client, LibsqlError } from '@libsql/client'
import { type App, askThrough, LIBSQL_ONLY } from '../support/app.ts'
import { browserOf, logInAtGateway, SERVICE } from '../support/gateway.ts'
import { startOnLibsql } from '../support/libsql.ts'
import { makeWorld, type World } from '../support/world.ts'

const BASE = '/imsg-service/v1'

/** A service whose store can be taken away and given back. */
async function startWithSwitch() {
  const service = await startOnLibsql()
  const { $client: client } = service.ports.db as unknown as { $client: Client }
  const { execute, batch } = client
  const fail = () => Promise.reject(new LibsqlError('The connection is refused', 'SERVER_ERROR'))
  return {
    app: askThrough(service),
    takeStoreAway: () => void Object.assign(client, { execute: fail, batch: fail }),
    giveStoreBack: () => void Object.assign(client, { execute, batch }),
  }
}

describe('while the store is down', LIBSQL_ONLY, () => {
  let service: Awaited<ReturnType<typeof startWithSwitch>>
  let app: App
  let world: World
  before(async () => {
    service = await startWithSwitch()
    app = service.app
    world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
  })

  test('sessions that were seen before go on, long after what is known of them has aged; then they are read anew', async () => {
    const browser = browserOf(app)
    await logInAtGateway(browser, world)
    assert.equal((await browser.visit('GET', `${BASE}/token-is-set`)).status, 200)
    service.takeStoreAway()
    await app.wait(3600)
    for (const path of ['/token-is-set', '/units'])
      assert.equal((await browser.visit('GET', `${BASE}${path}`)).status, 200, path)
    service.giveStoreBack()
    await app.rows('update sessions set ended_at = 1')
    assert.equal((await browser.visit('GET', `${BASE}/token-is-set`)).status, 401)
  })

  test('a session that was opened just before goes on', async () => {
    const browser = browserOf(app)
    await logInAtGateway(browser, world)
    service.takeStoreAway()
    const answers = [await browser.visit('GET', `${BASE}/token-is-set`), await browser.visit('GET', `${BASE}/units`)]
    service.giveStoreBack()
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    )
  })

  test('no session outlives its idle time', async () => {
    const browser = browserOf(app)
    await logInAtGateway(browser, world)
    await browser.visit('GET', `${BASE}/token-is-set`)
    service.takeStoreAway()
    await app.wait(9 * 3600)
    assert.equal((await browser.visit('GET', `${BASE}/token-is-set`)).status, 401)
    service.giveStoreBack()
  })

  test('a session that is in the store no more does not go on from the cache', async () => {
    const browser = browserOf(app)
    const other = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
    await logInAtGateway(browser, other)
    assert.equal((await browser.visit('GET', `${BASE}/token-is-set`)).status, 200)
    await app.rows('delete from sessions where user_id = ?', other.user.id)
    await app.wait(61)
    assert.equal((await browser.visit('GET', `${BASE}/token-is-set`)).status, 401)
  })

  test('a login is answered that it may be tried again later', async () => {
    service.takeStoreAway()
    const query = new URLSearchParams({ org: world.tenant.key, callback: SERVICE })
    const { status, body, headers } = await app.get<unknown>(`${BASE}/login?${query}`)
    service.giveStoreBack()
    assert.deepEqual([status, body], [503, 'errors.api.ServiceUnavailableError'])
    assert.ok(Number(headers.get('retry-after')) > 0)
  })

  test('the health is that of the last snapshot, in grace', async () => {
    await app.wait(61)
    const { body: good } = await app.get(`${BASE}/health`)
    assert.equal(good['inGrace'], false)
    service.takeStoreAway()
    await app.wait(61)
    const { status, body } = await app.get(`${BASE}/health`)
    service.giveStoreBack()
    assert.deepEqual([status, body], [200, { ...good, inGrace: true }])
    assert.deepEqual((await app.get(`${BASE}/health`)).body, good)
  })

  test('the health says so at once, and also where nobody has asked for it before', async () => {
    const fresh = await startWithSwitch()
    const organisation = await makeWorld(fresh.app, { tenant: { callbackUrls: [SERVICE] } })
    await logInAtGateway(browserOf(fresh.app), organisation)
    fresh.takeStoreAway()
    const { status, body } = await fresh.app.get(`${BASE}/health`)
    fresh.giveStoreBack()
    assert.deepEqual([status, body['inGrace']], [200, true])
    assert.deepEqual((await fresh.app.get(`${BASE}/health`)).body, { ...body, inGrace: false })
  })

  test('there is no health where there never was a snapshot', async () => {
    const fresh = await startWithSwitch()
    fresh.takeStoreAway()
    const { status, text } = await fresh.app.get(`${BASE}/health`)
    fresh.giveStoreBack()
    assert.equal(status, 500)
    assert.match(text, /No checksum string/)
  })

  test('the checksum changes with the organisations', async () => {
    const checksum = async () => (await app.get(`${BASE}/health`)).body['stateChecksum']
    const first = await checksum()
    await makeWorld(app)
    await app.wait(61)
    assert.notEqual(await checksum(), first)
  })
})
