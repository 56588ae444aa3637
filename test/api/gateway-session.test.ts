import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { altered } from '../support/altered.ts'
import { type App, startApp } from '../support/app.ts'
import { comeIn } from '../support/gateway.ts'
import { bearer, getTokens, logOut, refresh, type World } from '../support/world.ts'

const BASE = '/imsg-service/v1'
const MISSING = [401, 'errors.auth.MissingToken']
const FORBIDDEN = [403, 'errors.auth.Forbidden']
const HOUR = 3600

let app: App

before(async () => {
  app = await startApp()
})

const told = ({ status, body }: { status: number; body: unknown }) => [status, body]
const membershipOf = ({ user, membership }: World) => `/v1/users/${user.id}/memberships/${membership.id}`

describe('who is there', () => {
  let inside: Awaited<ReturnType<typeof comeIn>>
  before(async () => {
    inside = await comeIn(app)
  })
  const ask = async (path: string, headers: Record<string, string>) =>
    told(await app.get<unknown>(`${BASE}${path}`, headers))

  test('nobody, without a carrier or with garbage in one', async () => {
    const forged = altered(inside.credential)
    const [sessionId = ''] = inside.credential.split('.')
    for (const value of ['garbage', forged, sessionId, '', 'a.b', `${sessionId}.`])
      for (const headers of [
        { cookie: `imidToken=${value}` },
        { 'x-imid-token': value },
        { authorization: `Bearer ${value}` },
        { authorization: value },
      ])
        for (const path of ['/token-is-set', '/units']) assert.deepEqual(await ask(path, headers as never), MISSING)
    assert.deepEqual(await ask('/token-is-set', {}), MISSING)
  })

  test('somebody, by cookie, by x-imid-token with the session or an access token, by bearer', async () => {
    const tokens = await getTokens(app, inside.world)
    for (const headers of [
      { cookie: `imidToken=${inside.credential}` },
      { 'x-imid-token': inside.credential },
      { 'x-imid-token': tokens.accessToken },
      bearer(tokens),
    ]) {
      assert.deepEqual(await ask('/token-is-set', headers as never), [200, { msg: 'ok' }])
      assert.deepEqual(await ask('/units', headers as never), [200, { units: ['news', 'sport'], preferred: null }])
    }
  })

  test('what Authorization says goes before x-imid-token, and that before the cookie', async () => {
    const cookie = `imidToken=${inside.credential}`
    assert.deepEqual(await ask('/token-is-set', { authorization: 'Bearer garbage', cookie }), MISSING)
    assert.deepEqual(
      await ask('/token-is-set', { authorization: 'Basic YTpi', 'x-imid-token': inside.credential }),
      MISSING,
    )
    assert.deepEqual(await ask('/token-is-set', { 'x-imid-token': 'garbage', cookie }), MISSING)
    for (const empty of ['authorization', 'x-imid-token'])
      assert.deepEqual(await ask('/token-is-set', { [empty]: '', cookie }), [200, { msg: 'ok' }], `an empty ${empty}`)
    const other = await comeIn(app, ['weather'])
    const both = { 'x-imid-token': other.credential, cookie }
    assert.deepEqual(await ask('/units', both), [200, { units: ['weather'], preferred: null }])
    assert.deepEqual(
      await ask('/units', { ...both, authorization: `Bearer ${(await getTokens(app, inside.world)).accessToken}` }),
      [200, { units: ['news', 'sport'], preferred: null }],
    )
  })

  test('whatever else is among the cookies', async () => {
    const own = `imidToken=${inside.credential}`
    for (const junk of ['%', 'a=%zz', '=', ';;;', 'b="', 'c=\u00e9', '__proto__=1', `d=${'x'.repeat(3000)}`])
      for (const cookie of [`${junk}; ${own}`, `${own}; ${junk}`])
        assert.deepEqual(await ask('/token-is-set', { cookie }), [200, { msg: 'ok' }], junk)
  })

  test('is never cached, never a redirect', async () => {
    for (const path of ['/token-is-set', '/units']) {
      const { status, headers } = await inside.ask('GET', path, { accept: 'text/html' })
      assert.equal(status, 200)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('set-cookie'), null)
    }
  })

  test('not with a refreshed-away access token, nor after its session has ended', async () => {
    const tokens = await getTokens(app, inside.world)
    const { body: next } = await refresh(app, tokens)
    assert.deepEqual(await ask('/units', bearer(tokens)), MISSING)
    assert.equal((await ask('/units', bearer(next)))[0], 200)
    await logOut(app, next)
    assert.deepEqual(await ask('/units', bearer(next)), MISSING)
    assert.deepEqual(await ask('/token-is-set', bearer(next)), MISSING)
  })
})

describe('somebody who may no longer be there', () => {
  const ENDS: [name: string, end: (world: World) => [path: string, changes: object]][] = [
    ['whose account is blocked', ({ user }) => [`/v1/users/${user.id}`, { status: 'blocked' }]],
    ['whose organisation is suspended', ({ tenant }) => [`/v1/tenants/${tenant.id}`, { status: 'suspended' }]],
    ['whose membership has ended', (world) => [membershipOf(world), { status: 2 }]],
  ]
  for (const [name, end] of ENDS)
    test(`${name} is nobody by cookie, and forbidden by access token`, async () => {
      const { ask, world } = await comeIn(app)
      const tokens = await getTokens(app, world)
      assert.equal((await app.get(`${BASE}/units`, bearer(tokens))).status, 200)
      const { status, text } = await app.admin.patch(...end(world))
      assert.equal(status, 200, text)
      for (const path of ['/token-is-set', '/units']) assert.deepEqual(told(await ask('GET', path)), MISSING)
      assert.deepEqual(told(await ask('POST', '/unit', {}, { unit: 'news' })), MISSING)
      assert.deepEqual(told(await app.get<unknown>(`${BASE}/units`, bearer(tokens))), FORBIDDEN)
      const posted = await app.post<unknown>(`${BASE}/unit`, { unit: 'news' }, bearer(tokens))
      assert.deepEqual(told(posted), FORBIDDEN)
    })
})

let strictApp: Promise<App> | undefined
/** Reads SQL every time, so that on workerd the ageing of rows is seen at once. */
const startStrict = () => (strictApp ??= startApp({ SESSION_READS: 'strict' }))

describe('time', () => {
  test('ends a session in which nobody does anything; being asked whether it stands is not doing', async () => {
    const strict = await startStrict()
    const { ask } = await comeIn(strict)
    for (let hours = 0; hours < 7; hours += 3.5) {
      await strict.wait(3.5 * HOUR)
      assert.equal((await ask('GET', '/token-is-set')).status, 200)
    }
    await strict.wait(1.5 * HOUR)
    assert.deepEqual(told(await ask('GET', '/token-is-set')), MISSING)
    assert.deepEqual(told(await ask('GET', '/units')), MISSING)
  })

  test('does not end a session in use, before it is a week old', async () => {
    const strict = await startStrict()
    const { ask } = await comeIn(strict)
    for (let hours = 0; hours < 167; hours += 7) {
      assert.equal((await ask('GET', '/units')).status, 200, `after ${hours} hours`)
      await strict.wait(7 * HOUR)
    }
    assert.deepEqual(told(await ask('GET', '/units')), MISSING)
  })
})

describe('strict reads', () => {
  test('see in the store what nobody announced', async () => {
    const strict = await startStrict()
    const { ask, world } = await comeIn(strict)
    assert.equal((await ask('GET', '/token-is-set')).status, 200)
    await strict.rows('update memberships set status = 2 where user_id = ?', world.user.id)
    assert.deepEqual(told(await ask('GET', '/token-is-set')), MISSING)
  })
})
