import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { invalidWith, missing, mustBe, refusedByStrategy, refusedWith, unknown } from '../support/auth-errors.ts'
import {
  bearer,
  create,
  credentialsOf,
  getCode,
  getTokens,
  makeWorld,
  refresh,
  type Tokens,
  type World,
} from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const logIn = (more: object) => app.post('/auth/login', { ...credentialsOf(world), ...more })
const logInForTokens = (more: object) => app.post<Tokens>('/auth/login-token', { ...credentialsOf(world), ...more })

describe('a login with a password', () => {
  test('answers a code and nothing else', async () => {
    const { status, body, headers } = await logIn({})
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body), ['code'])
    assert.match(String(body['code']), /^[\w-]{43}$/)
    assert.equal(headers.get('cache-control'), 'no-store')
  })

  test('does not mind the case of the username', async () => {
    assert.equal((await logIn({ username: world.user.username.toUpperCase() })).status, 200)
  })

  test('of a wrong password, an unknown user and an external one fails alike', async () => {
    const external = await makeWorld(app, { user: { authProvider: 'keycloak' } })
    for (const answer of [
      await logIn({ password: 'wrong password' }),
      await logIn({ username: 'nobody at all' }),
      await app.post('/auth/login', credentialsOf(external)),
    ])
      refusedByStrategy(answer, 'Invalid Credentials')
  })

  test('wants both words', async () => {
    refusedByStrategy(await logIn({ username: '' }), 'Missing credentials')
    refusedByStrategy(await logIn({ password: '' }), 'Missing credentials')
    refusedWith(await logInForTokens({ password: '' }), 401, 'Unauthorized')
  })

  test('checks the client before the person', async () => {
    const wrong = { password: 'wrong password' }
    refusedByStrategy(await logIn({ client_secret: 'not the secret', ...wrong }), 'Client Verification Failed')
    refusedByStrategy(await logIn({ client_secret: undefined, ...wrong }), 'Client Verification Failed')
    refusedByStrategy(await logIn({ client_id: 'no such client', ...wrong }), 'Client Verification Failed')
    refusedWith(await logIn({ client_id: '', ...wrong }), 401, 'Unauthorized')
  })

  test('checks the body before the client', async () => {
    invalidWith(await app.post('/auth/login', {}), ['client_id', 'username', 'password'].map(missing))
    invalidWith(await app.post('/auth/login'), ['client_id', 'username', 'password'].map(missing))
    invalidWith(await logIn({ username: 7, more: true }), [unknown('more'), mustBe('string', '/username')])
  })

  test('of a public client needs no secret, and looks at none', async () => {
    const open = await makeWorld(app, { client: { type: 'public' } })
    for (const client_secret of [undefined, 'anything'])
      assert.equal((await app.post('/auth/login', { ...credentialsOf(open), client_secret })).status, 200)
  })

  test('is not taken where the tenant takes no passwords', async () => {
    const sso = await makeWorld(app, { tenant: { loginMethods: ['sso'] } })
    refusedByStrategy(await app.post('/auth/login', credentialsOf(sso)), 'Login Denied')
    refusedByStrategy(await app.post('/auth/login-token', credentialsOf(sso)), 'Login Denied')
  })

  test('of a disabled client is refused as of an unknown one', async () => {
    const other = await makeWorld(app)
    await app.admin.patch(`/v1/clients/${other.client.id}`, { status: 'disabled' })
    refusedByStrategy(await app.post('/auth/login', credentialsOf(other)), 'Client Verification Failed')
  })

  test('is for the clients that the user may use', async () => {
    const elsewhere = await makeWorld(app, { user: { clientIds: ['another'] } })
    const nowhere = await makeWorld(app, { user: { clientIds: [] } })
    refusedWith(await app.post('/auth/login', credentialsOf(elsewhere)), 401, 'Client Invalid')
    refusedWith(await app.post('/auth/login', credentialsOf(nowhere)), 422, 'Client User Missing')
    refusedByStrategy(await app.post('/auth/login-token', credentialsOf(elsewhere)), 'Client Invalid')
  })

  test('works with a rotated secret, and with the old one while the overlap lasts', async () => {
    const { client } = await makeWorld(app)
    const rotated = await app.admin.post<{ clientSecret: string }>(`/v1/clients/${client.id}/secret`, {
      overlapSeconds: 0,
    })
    const send = (client_secret: string) =>
      app.post('/auth/login', { ...credentialsOf(world), client_id: client.clientId, client_secret })
    assert.equal((await send(rotated.body.clientSecret)).status, 200)
    assert.equal((await send(client.clientSecret)).status, 401)
    await app.admin.post(`/v1/clients/${client.id}/secret`, { overlapSeconds: 600 })
    assert.equal((await send(rotated.body.clientSecret)).status, 200)
  })
})

describe('who is not active', () => {
  const STATUSES = { INACTIVE: 2, REJECTED: 4 }
  for (const [name, status] of Object.entries(STATUSES))
    test(`is refused as ${name}, by code and by tokens`, async () => {
      const other = await makeWorld(app, { membership: { status } })
      refusedByStrategy(await app.post('/auth/login', credentialsOf(other)), 'UserInactive')
      refusedByStrategy(await app.post('/auth/login-token', credentialsOf(other)), 'UserInactive')
    })

  test('is refused as blocked, and where the tenant is suspended', async () => {
    const blocked = await makeWorld(app)
    await app.admin.patch(`/v1/users/${blocked.user.id}`, { status: 'blocked' })
    const suspended = await makeWorld(app)
    await app.admin.patch(`/v1/tenants/${suspended.tenant.id}`, { status: 'suspended' })
    for (const other of [blocked, suspended])
      refusedByStrategy(await app.post('/auth/login', credentialsOf(other)), 'UserInactive')
  })

  test('is told with a wrong password only that it is wrong', async () => {
    const other = await makeWorld(app, { membership: { status: 2 } })
    const guess = { ...credentialsOf(other), password: 'wrong password' }
    refusedByStrategy(await app.post('/auth/login', guess), 'Invalid Credentials')
  })

  test('is told to wait as REGISTERED', async () => {
    const other = await makeWorld(app, { membership: { status: 0 } })
    refusedWith(await app.post('/auth/login', credentialsOf(other)), 400, 'User not active yet')
    refusedWith(await app.post('/auth/login-token', credentialsOf(other)), 400, 'User not active yet')
  })

  test('gets a code without a membership, and no tokens for it', async () => {
    const other = await makeWorld(app)
    await app.admin.delete(`/v1/users/${other.user.id}/memberships/${other.membership.id}`)
    const code = await getCode(app, other)
    const exchange = await app.post('/auth/token', { code, clientId: other.client.clientId })
    refusedWith(exchange, 401, 'UserDoesNotExist')
    refusedByStrategy(await app.post('/auth/login-token', credentialsOf(other)), 'UserInactive')
  })

  test('is in the only tenant they belong to where none is their default, and of two in none', async () => {
    const other = await makeWorld(app, { user: { defaultTenantId: null } })
    const { body } = await app.post<Tokens>('/auth/login-token', credentialsOf(other))
    assert.equal((await app.get('/auth/me', bearer(body))).body['tenantId'], other.tenant.id)
    assert.equal((await refresh(app, await getTokens(app, other))).status, 200)
    await create(app, `/v1/users/${other.user.id}/memberships`, { tenantId: world.tenant.id, roleId: world.role.id })
    const code = await getCode(app, other)
    refusedWith(await app.post('/auth/token', { code, clientId: other.client.clientId }), 401, 'UserDoesNotExist')
  })

  test('may log in with a password to be changed, and sees so in the token', async () => {
    const other = await makeWorld(app, { membership: { status: 3 } })
    const { body } = await app.post<Tokens>('/auth/login-token', credentialsOf(other))
    assert.equal((await app.get('/auth/me', bearer(body))).body['status'], 3)
  })
})

describe('too many wrong passwords', () => {
  test('are refused for a quarter of an hour, the right one too, and a success before that clears them', async () => {
    const other = await makeWorld(app)
    const wrong = { ...credentialsOf(other), password: 'wrong password' }
    for (let n = 0; n < 9; n++) assert.equal((await app.post('/auth/login', wrong)).status, 401)
    assert.equal((await app.post('/auth/login', credentialsOf(other))).status, 200)
    for (let n = 0; n < 10; n++) assert.equal((await app.post('/auth/login', wrong)).status, 401)
    const refused = await app.post('/auth/login', credentialsOf(other))
    refusedWith(refused, 429, 'Too Many Attempts')
    const retryAfter = Number(refused.headers.get('retry-after'))
    assert.ok(retryAfter > 800 && retryAfter <= 900, String(retryAfter))
    await app.wait(901)
    assert.equal((await app.post('/auth/login', credentialsOf(other))).status, 200)
  })

  test('do not count where the client could not be verified, or where there is none', async () => {
    const other = await makeWorld(app)
    for (const more of [{ client_secret: 'not the secret of it' }, { password: '' }])
      for (let n = 0; n < 12; n++)
        assert.equal((await app.post('/auth/login', { ...credentialsOf(other), ...more })).status, 401)
    assert.equal((await app.post('/auth/login', credentialsOf(other))).status, 200)
  })

  test('of many people behind one address leave room for right ones', async () => {
    const from = '203.0.113.99'
    for (let n = 0; n < 60; n++)
      assert.equal((await app.request('POST', '/auth/login', { body: credentialsOf(world), from })).status, 200)
  })
})
