import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { enter, failsWith, logIn, makeKey, NO_TOKEN, NO_USER, withKey } from '../support/account.ts'
import { type App, startApp } from '../support/app.ts'
import { SECRETS } from '../support/variables.ts'
import { bearer, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
let key: string
let headers: Record<string, string>

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  key = await makeKey(app, world)
  headers = await enter(app, key, world)
})

const ROUTES = [
  ['POST', '/v1/auth/login', NO_TOKEN],
  ['GET', '/v1/auth/user', NO_USER],
  ['POST', '/v1/auth/user', NO_USER],
  ['POST', '/v1/auth/logout', {}],
] as const

describe('the account family refuses', () => {
  for (const [method, path, empty] of ROUTES) {
    const ask = (headers: Record<string, string>) => app.request(method, path, { headers })

    test(`${method} ${path} without a good key, before all else`, async () => {
      failsWith(await ask({}), 401, 4, empty)
      failsWith(await ask(withKey('garbage', 'garbage')), 401, 4, empty)
      const revoked = await app.admin.post('/v1/api-keys', { name: 'x', tenantId: world.tenant.id, permissions: 15 })
      await app.admin.patch(`/v1/api-keys/${revoked.body['id']}`, { revoked: true })
      failsWith(await ask(withKey(String(revoked.body['key']))), 401, 4, empty)
      const from = await app.request(method, `${path}?api_key=${key}`)
      failsWith(from, 401, 4, empty)
    })

    test(`${method} ${path} with a key of no tenant`, async () => {
      failsWith(await ask({ ...headers, 'x-api-key': SECRETS.ADMIN_API_KEY }), 403, 6, empty)
    })
  }

  for (const [method, path, empty] of ROUTES.slice(1)) {
    test(`${method} ${path} without a token for the tenant of the key`, async () => {
      const other = await makeWorld(app)
      const theirs = await getTokens(app, other)
      for (const authorization of ['', 'Bearer', 'Bearer garbage', 'Basic YTpi', bearer(theirs).authorization])
        failsWith(await app.request(method, path, { headers: { 'x-api-key': key, authorization } }), 401, 5, empty)
    })
  }

  test('a token of a suspended tenant, and not its key; logging out is done', async () => {
    const own = await makeWorld(app)
    const inside = await enter(app, await makeKey(app, own), own)
    await app.admin.patch(`/v1/tenants/${own.tenant.id}`, { status: 'suspended' })
    failsWith(await app.get('/v1/auth/user', inside), 401, 5, NO_USER)
    failsWith(await app.post('/v1/auth/user', { user: {} }, inside), 401, 5, NO_USER)
    assert.equal((await app.post('/v1/auth/logout', {}, inside)).status, 200)
  })

  test('a key without the bit: reading needs Read, writing Write, logging in and out neither', async () => {
    const without = async (permissions: number) => ({
      ...headers,
      'x-api-key': await makeKey(app, world, { permissions }),
    })
    failsWith(await app.get('/v1/auth/user', await without(14)), 403, 6, NO_USER)
    failsWith(await app.post('/v1/auth/user', { user: {} }, await without(13)), 403, 6, NO_USER)
    assert.equal((await app.get('/v1/auth/user', await without(1))).status, 200)
    const mere = await makeKey(app, world, { permissions: 4 })
    const own = await enter(app, mere, world)
    assert.equal((await app.post('/v1/auth/logout', {}, own)).status, 200)
  })

  test('a token that has expired', async () => {
    const short = await makeWorld(app, { client: { accessTokenExpiration: 1 } })
    const tokens = await getTokens(app, short)
    const expired = { ...withKey(await makeKey(app, short)), ...bearer(tokens) }
    await new Promise((resolve) => setTimeout(resolve, 2100))
    failsWith(await app.get('/v1/auth/user', expired), 401, 5, NO_USER)
    failsWith(await app.post('/v1/auth/logout', {}, expired), 401, 5)
  })

  test('what is no JSON object, or not one of its own', async () => {
    const bodies = [
      '{',
      '"x"',
      '[]',
      '{"username":"x"}',
      '{"username":1,"password":"x"}',
      '{"username":null,"password":"x"}',
    ]
    for (const body of bodies) failsWith(await app.post('/v1/auth/login', body, withKey(key)), 400, 7, NO_TOKEN)
    failsWith(await app.post('/v1/auth/login', undefined, withKey(key)), 400, 7, NO_TOKEN)
    for (const body of ['{', '[]', '{}', '{"user":null}', '{"user":[]}', '{"user":"x"}'])
      failsWith(await app.post('/v1/auth/user', body, headers), 400, 7, NO_USER)
    failsWith(await app.post('/v1/auth/user', undefined, headers), 400, 7, NO_USER)
    failsWith(await app.post('/v1/auth/logout', '{', headers), 400, 7)
  })

  test('other content types', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'text/xml'])
      failsWith(await app.post('/v1/auth/login', '{}', { ...withKey(key), 'content-type': type }), 415, 8, NO_TOKEN)
  })

  test('routes it does not have', async () => {
    for (const path of ['/v1/auth/nope', '/v1/auth', '/v1/auth/user/1']) failsWith(await app.get(path, headers), 404, 9)
    failsWith(await app.get('/v1/auth/login', headers), 404, 9, NO_TOKEN)
    failsWith(await app.delete('/v1/auth/user', headers), 404, 9, NO_USER)
    assert.equal((await app.get('/v1/auth/user/', headers)).status, 200)
  })

  test('bodies of over 256 KiB', async () => {
    const large = JSON.stringify({ user: { address: 'x'.repeat(256 * 1024) } })
    failsWith(await app.post('/v1/auth/user', large, headers), 413, 10, NO_USER)
  })

  test('odd text without falling over', async () => {
    const odd = ['\u0000', '\ud800', 'x'.repeat(10_000), "' or 1=1 --", '😀'.repeat(100)]
    for (const username of odd) {
      const { status, body } = await logIn(app, key, world, { username, password: username })
      assert.deepEqual([status, body.code], [200, 1])
    }
    const nested = `{"user":{"title":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`
    failsWith(await app.post('/v1/auth/user', nested, headers), 400, 7, NO_USER)
  })
})
