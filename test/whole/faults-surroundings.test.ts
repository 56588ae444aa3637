/** The cache fails, forgets or stalls, and the clock is wrong: nobody notices, and nothing that was spent is good again. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Kv } from '../../src/deps.ts'
import { type App, LIBSQL_ONLY } from '../support/app.ts'
import { manager } from '../support/devices.ts'
import { type Faulty, startFaulty } from '../support/faults.ts'
import { comeIn } from '../support/gateway.ts'
import { headersV1 } from '../support/signatures.ts'
import { bearer, getCode, getTokens, logOut, makeWorld, refresh } from '../support/world.ts'

const never = () => new Promise<never>(() => {})
const broken = () => Promise.reject(new Error('the cache is gone'))
const CACHES: Record<string, Partial<Kv>> = {
  fails: { get: broken, put: broken },
  'keeps nothing': { get: async () => null, put: async () => {} },
  'does not answer': { get: never, put: never },
  'answers nonsense': { get: async () => '{"generation":"x"', put: async () => {} },
}

describe('while the cache', LIBSQL_ONLY, () => {
  for (const [how, kv] of Object.entries(CACHES))
    test(`${how}, people log in, go on and out as ever, and the gateway is not in grace`, async () => {
      const { app, kv: cache } = await startFaulty()
      cache.put(kv)
      const world = await makeWorld(app)
      const tokens = await getTokens(app, world)
      assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
      const next = await refresh(app, tokens)
      assert.equal(next.status, 200)
      assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
      assert.equal((await logOut(app, next.body)).status, 200)
      assert.equal((await app.get('/auth/me', bearer(next.body))).status, 401)
      const { ask } = await comeIn(app)
      assert.equal((await ask('GET', '/token-is-set')).status, 200)
      assert.equal((await ask('POST', '/logout')).status, 200)
      assert.equal((await ask('GET', '/token-is-set')).status, 401)
      const { body } = await app.get('/imsg-service/v1/health')
      assert.equal(body['inGrace'], false)
    })
})

describe('whatever the clock does', LIBSQL_ONLY, () => {
  let faulty: Faulty
  let app: App
  before(async () => {
    faulty = await startFaulty()
    app = faulty.app
  })
  const HOUR = 3600
  /** Ahead, with the upkeep that is due by then, and back. */
  async function jump(): Promise<void> {
    await app.wait(2 * HOUR)
    await app.upkeep()
    await app.wait(-2 * HOUR)
  }

  test('a code that was used stays used, and one that was not is good once', async () => {
    const world = await makeWorld(app)
    const exchange = (code: string) => app.post('/auth/token', { code, clientId: world.client.clientId })
    const [used, unused] = [await getCode(app, world), await getCode(app, world)]
    assert.equal((await exchange(used)).status, 200)
    await jump()
    assert.deepEqual([(await exchange(used)).status, (await exchange(unused)).status], [401, 200])
    assert.equal((await exchange(unused)).status, 401)
  })

  test('a signed request that was taken is not taken again', async () => {
    const { client } = await makeWorld(app)
    await manager(app, client).add(['ada'])
    const path = `/management/has_registered_mobile_device/${client.clientId}/ada`
    const headers = headersV1(app, client, path)
    assert.equal((await app.get(path, headers)).status, 200)
    await jump()
    assert.equal((await app.get(path, headers)).status, 401)
  })

  test('a session that has ended stays so, and one that stands is known within a minute', async () => {
    const world = await makeWorld(app)
    const [ended, standing] = [await getTokens(app, world), await getTokens(app, world)]
    await app.wait(2 * HOUR)
    const late = await getTokens(app, world)
    assert.equal((await app.get('/auth/me', bearer(late))).status, 200)
    await app.wait(-2 * HOUR)
    assert.equal((await logOut(app, ended)).status, 200)
    for (const tokens of [ended, ended]) assert.equal((await refresh(app, tokens)).status, 401)
    assert.equal((await refresh(app, standing)).status, 200)
    await app.rows('update sessions set ended_at = 1 where user_id = ?', world.user.id)
    await app.wait(61)
    assert.equal((await app.get('/auth/me', bearer(late))).status, 401, 'no entry from the future is believed')
  })

  test('keys that sign now are known to whoever checks', async () => {
    const world = await makeWorld(app)
    const before = await getTokens(app, world)
    await app.wait(40 * 24 * HOUR)
    await app.upkeep()
    const ahead = await getTokens(app, world)
    await app.wait(-40 * 24 * HOUR)
    await app.upkeep()
    for (const tokens of [before, ahead, await getTokens(app, world)])
      assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
  })
})
