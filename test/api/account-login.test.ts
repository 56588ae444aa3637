import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { enter, failsWith, logIn, makeKey, NO_TOKEN, NO_USER, withKey } from '../support/account.ts'
import { listActivity } from '../support/activity.ts'
import { type App, freshAddress, startApp } from '../support/app.ts'
import { bearer, create, getTokens, makeWorld, refresh, type World } from '../support/world.ts'

let app: App
let world: World
let key: string

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  key = await makeKey(app, world)
})

const WRONG = { success: false, code: 1, message: 'Invalid username or password', ...NO_TOKEN }

describe('a login with an API key', () => {
  test('answers a token for half an hour', async () => {
    const { status, body, headers } = await logIn(app, key, world)
    assert.equal(status, 200)
    const { token, ...rest } = body
    assert.deepEqual(rest, { success: true, code: 0, message: '', expiresIn: 1800 })
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(headers.get('cache-control'), 'no-store')
    const { sub, aud, tenantId, amr, iat, exp } = decodeJwt(token)
    assert.deepEqual([sub, aud, tenantId, amr], [world.user.id, 'account', world.tenant.id, ['pwd']])
    assert.equal(Number(exp) - Number(iat), 1800)
  })

  test('works as the documented samples send it', async () => {
    const { username, password } = world.user
    const body = JSON.stringify({ username, password })
    const types = ['application/json-patch+json', 'text/json', 'application/json; charset=utf-8', 'application/ld+json']
    types.push('application/*+json', 'application/vnd.a+b+json', 'Application/X_y!+JSON')
    for (const type of types) {
      const headers = { 'content-type': type, accept: 'text/plain', ...withKey(key) }
      const answer = await app.post('/v1/auth/login', body, headers)
      assert.equal(answer.body['success'], true, `${type}: ${answer.text}`)
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    }
  })

  test('fails in one way, whatever was wrong', async () => {
    const blocked = await makeWorld(app)
    await app.admin.patch(`/v1/users/${blocked.user.id}`, { status: 'blocked' })
    const inactive = await makeWorld(app, { membership: { status: 2 } })
    const registered = await makeWorld(app, { membership: { status: 0 } })
    const external = await makeWorld(app, { user: { authProvider: 'keycloak' } })
    const closed = await makeWorld(app, { tenant: { loginMethods: ['otp'] } })
    const suspended = await makeWorld(app)
    const elsewhere = await makeWorld(app)
    const answers = [
      await logIn(app, key, world, { password: 'wrong password' }),
      await logIn(app, key, world, { username: 'nobody at all' }),
      await logIn(app, key, world, { username: '', password: '' }),
      await logIn(app, key, elsewhere),
    ]
    const keys = new Map<World, string>()
    for (const other of [blocked, inactive, registered, external, closed, suspended])
      keys.set(other, await makeKey(app, other))
    await app.admin.patch(`/v1/tenants/${suspended.tenant.id}`, { status: 'suspended' })
    for (const [other, ofOther] of keys) answers.push(await logIn(app, ofOther, other))
    for (const { status, body, text } of answers) {
      assert.equal(status, 200, text)
      assert.deepEqual(body, WRONG)
    }
  })

  test('goes by the membership in the tenant of the key', async () => {
    const second = await makeWorld(app)
    const membership = { tenantId: second.tenant.id, roleId: second.role.id, status: 3 }
    await create(app, `/v1/users/${world.user.id}/memberships`, membership)
    const { body } = await logIn(app, await makeKey(app, second), world)
    assert.equal(decodeJwt(body.token)['tenantId'], second.tenant.id)
  })

  test('is written into the activity of that tenant, and so is a failure', async () => {
    const own = await makeWorld(app)
    const ownKey = await makeKey(app, own)
    const headers = await enter(app, ownKey, own)
    await logIn(app, ownKey, own, { password: 'wrong password' })
    await logIn(app, ownKey, world)
    await app.post('/v1/auth/logout', {}, headers)
    const { body } = await listActivity(app, await getTokens(app, own))
    const seen = body.map(({ loginType, actor }) => [loginType, actor])
    const { id } = own.user
    assert.deepEqual(seen, [
      ['ACCESS', id],
      ['FAILED', id],
      ['FAILED', ''],
      ['LOGOUT', id],
      ['ACCESS', id],
    ])
    const { iat, exp, aud } = JSON.parse(body[0]?.tokenPayload ?? '{}')
    assert.deepEqual([exp - iat, aud], [1800, 'account'])
  })

  test('has a token that other families take, and that cannot be refreshed', async () => {
    const { body } = await logIn(app, key, world)
    const tokens = { accessToken: body.token, refreshToken: 'none', expires: 0 }
    assert.equal((await app.get('/auth/me', bearer(tokens))).body['id'], world.user.id)
    assert.equal((await refresh(app, tokens)).status, 401)
  })

  test('counts attempts together with the other families', async () => {
    const own = await makeWorld(app)
    const ownKey = await makeKey(app, own)
    for (let n = 0; n < 10; n++) assert.equal((await logIn(app, ownKey, own, { password: 'wrong' })).body.code, 1)
    const answer = await logIn(app, ownKey, own)
    failsWith(answer, 429, 3, NO_TOKEN)
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
    const { clientId: client_id, clientSecret: client_secret } = own.client
    const { username, password } = own.user
    const elsewhere = await app.post('/auth/login', { client_id, client_secret, username, password })
    assert.equal(elsewhere.status, 429)
  })

  test('forgives a name what came before a success, and an address the success', async () => {
    const own = await makeWorld(app)
    const ownKey = await makeKey(app, own)
    const from = freshAddress()
    const attempt = (password: string) => {
      const body = { username: own.user.username, password }
      return app.request<{ code: number }>('POST', '/v1/auth/login', { body, headers: withKey(ownKey), from })
    }
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 9; n++) assert.equal((await attempt('wrong')).body.code, 1)
      assert.equal((await attempt(own.user.password)).body.code, 0)
    }
    for (let n = 0; n < 5; n++) assert.equal((await attempt('wrong')).body.code, 1)
    assert.equal((await attempt('wrong')).status, 429)
  })
})

describe('logging out', () => {
  test('ends the session, and may be repeated', async () => {
    const headers = await enter(app, key, world)
    assert.equal((await app.get('/v1/auth/user', headers)).status, 200)
    for (const body of [{}, undefined, '{}']) {
      const answer = await app.post('/v1/auth/logout', body, headers)
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body, { success: true, code: 0, message: '' })
    }
    failsWith(await app.get('/v1/auth/user', headers), 401, 5, NO_USER)
    failsWith(await app.post('/v1/auth/logout', {}, withKey(key, 'garbage')), 401, 5)
    failsWith(await app.post('/v1/auth/logout', {}, withKey(key)), 401, 5)
  })

  test('of one session leaves the others', async () => {
    const [one, other] = [await enter(app, key, world), await enter(app, key, world)]
    await app.post('/v1/auth/logout', {}, one)
    assert.equal((await app.get('/v1/auth/user', other)).status, 200)
  })
})
