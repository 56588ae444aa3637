/** On Workers the store may be a remote libSQL instead of D1. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { openLibsql } from '../../src/platform/libsql.ts'
import { type App, startApp, WORKERD_ONLY } from '../support/app.ts'
import { startHrana } from '../support/hrana.ts'
import { bearer, getTokens, logOut, makeWorld, refresh } from '../support/world.ts'

describe('with LIBSQL_URL on Workers', WORKERD_ONLY, () => {
  const LIBSQL_AUTH_TOKEN = randomBytes(24).toString('base64url')
  let remote: Awaited<ReturnType<typeof startHrana>>
  let app: App

  before(async () => {
    remote = await startHrana(LIBSQL_AUTH_TOKEN)
    await openLibsql({ url: remote.url, authToken: LIBSQL_AUTH_TOKEN })
    app = await startApp({ LIBSQL_URL: remote.url, LIBSQL_AUTH_TOKEN })
  })
  after(() => remote.stop())

  test('a login goes its whole way there, and nothing goes to D1', async () => {
    const world = await makeWorld(app)
    const tokens = await getTokens(app, world)
    assert.equal((await app.get('/auth/me', bearer(tokens))).body['id'], world.user.id)
    const next = await refresh(app, tokens)
    assert.equal(next.status, 200)
    assert.equal((await logOut(app, next.body)).status, 200)
    assert.equal((await refresh(app, next.body)).status, 401)
    assert.deepEqual(await app.rows('select id from users'), [])
  })

  test('a clash is a conflict there too, and leaves nothing behind', async () => {
    const tenant = { key: 'twice', name: 'Twice' }
    assert.equal((await app.admin.post('/v1/tenants', tenant)).status, 201)
    assert.equal((await app.admin.post('/v1/tenants', tenant)).status, 409)
    assert.equal((await app.admin.get<{ items: unknown[] }>('/v1/tenants?key=twice')).body.items.length, 1)
  })

  test('a store that is gone is said to be so, with a time to come back', async () => {
    remote.stop()
    const { status, headers } = await app.admin.get('/v1/tenants')
    assert.equal(status, 503)
    assert.ok(Number(headers.get('retry-after')) > 0)
  })
})
