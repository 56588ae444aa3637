import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { altered } from '../support/altered.ts'
import { type App, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { bearer, getCode, getTokens, makeWorld, refresh, type Tokens, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const exchange = (code: string, more: object = {}) =>
  app.post<Tokens>('/auth/token', { code, clientId: world.client.clientId, ...more })

describe('a code', () => {
  test('becomes tokens once; a second use ends what the first one opened', async () => {
    const code = await getCode(app, world)
    const { status, body } = await exchange(code)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body).sort(), ['accessToken', 'expires', 'refreshToken'])
    refusedWith(await exchange(code), 401, 'Code Expired')
    refusedByStrategy(await app.get('/auth/me', bearer(body)), 'TokenRevoked')
    refusedWith(await refresh(app, body), 401, 'Token Expired')
  })

  test('is worth nothing to another client, and is not spent by it', async () => {
    const { client } = await makeWorld(app)
    const code = await getCode(app, world)
    refusedWith(await exchange(code, { clientId: client.clientId }), 401, 'Invalid Credentials')
    refusedWith(await exchange(code, { clientId: 'no such client' }), 401, 'Client Invalid')
    assert.equal((await exchange(code)).status, 200)
  })

  test('that nobody made is refused, and a missing one named', async () => {
    refusedWith(await exchange('nonsense'), 401, 'Invalid Credentials')
    invalidWith(await app.post('/auth/token', {}), ['code', 'clientId'].map(missing))
  })

  test('expires with the time that the client gives it', async () => {
    const code = await getCode(app, world)
    await app.wait(181)
    refusedWith(await exchange(code), 401, 'Code Expired')
  })

  test('of somebody blocked meanwhile opens nothing', async () => {
    const other = await makeWorld(app)
    const code = await getCode(app, other)
    await app.admin.patch(`/v1/users/${other.user.id}`, { status: 'blocked' })
    const answer = await app.post('/auth/token', { code, clientId: other.client.clientId })
    refusedWith(answer, 401, 'UserInactive')
  })
})

describe('a code with a PKCE challenge', () => {
  const verifier = randomBytes(32).toString('base64url')
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url')

  test('needs its verifier', async () => {
    const code = await getCode(app, world, { codeChallenge })
    assert.equal((await exchange(code, { codeVerifier: verifier })).status, 200)
  })

  test('is spent by a wrong or missing one', async () => {
    for (const attempt of [{}, { codeVerifier: 'x'.repeat(43) }]) {
      const code = await getCode(app, world, { codeChallenge })
      refusedWith(await exchange(code, attempt), 401, 'Invalid Credentials')
      refusedWith(await exchange(code, { codeVerifier: verifier }), 401, 'Code Expired')
    }
  })

  test('cannot be added afterwards', async () => {
    const code = await getCode(app, world)
    refusedWith(await exchange(code, { codeVerifier: verifier }), 401, 'Invalid Credentials')
  })
})

describe('an access token', () => {
  test('is verified by anybody with the public keys, and says who it is about', async () => {
    const { accessToken, expires } = await getTokens(app, world)
    const { body: keys } = await app.get<JSONWebKeySet>('/.well-known/jwks.json')
    const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(keys), {
      audience: world.client.clientId,
      typ: 'at+jwt',
      currentDate: app.now(),
    })
    assert.equal(protectedHeader.alg, 'ES256')
    assert.equal(expires, Number(payload.exp) * 1000)
    assert.equal(Number(payload.exp) - Number(payload.iat), 900)
    const { sub, id, username, tenantId, userTenantId, role, permissions, status } = payload
    assert.deepEqual(
      { sub, id, username, tenantId, userTenantId, role, permissions, status },
      {
        sub: world.user.id,
        id: world.user.id,
        username: world.user.username,
        tenantId: world.tenant.id,
        userTenantId: world.membership.id,
        role: 'editor',
        permissions: ['ViewLoginActivity'],
        status: 1,
      },
    )
    assert.ok(payload.jti && payload['sid'])
  })

  test('tells me, without what is about the token itself', async () => {
    const tokens = await getTokens(app, world)
    const { status, body } = await app.get('/auth/me', bearer(tokens))
    assert.equal(status, 200)
    for (const name of ['iat', 'exp', 'iss', 'sub', 'aud', 'jti', 'sid']) assert.ok(!(name in body), name)
    assert.equal(body['email'], world.user.email)
    assert.equal(body['firstName'], 'Ada')
    assert.deepEqual(body['userPreferences'], { locale: 'en' })
  })

  test('carries the permissions of role and membership', async () => {
    const permissions = { allow: ['P9'], deny: ['ViewLoginActivity'] }
    const other = await makeWorld(app, { membership: { permissions } })
    assert.deepEqual(decodeJwt((await getTokens(app, other)).accessToken)['permissions'], ['P9'])
  })

  test('is asked for in the original’s words', async () => {
    const me = (authorization?: string) => app.get('/auth/me', authorization === undefined ? {} : { authorization })
    refusedWith(await me(), 401, 'Bearer realm="Users"')
    refusedWith(await me('Basic YTpi'), 401, 'Bearer realm="Users"')
    refusedWith(await me('Bearer'), 401, 400)
    refusedByStrategy(await me('Bearer nonsense'), 'TokenExpired')
    assert.equal((await me(`bearer ${(await getTokens(app, world)).accessToken}`)).status, 200)
  })

  test('with another signature, algorithm or issuer is nothing', async () => {
    const { accessToken } = await getTokens(app, world)
    const [header, payload, signature] = accessToken.split('.')
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    const richer = Buffer.from(JSON.stringify({ ...decodeJwt(accessToken), permissions: ['all'] })).toString(
      'base64url',
    )
    for (const forged of [
      altered(accessToken),
      `${header}.${richer}.${signature}`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
    ])
      refusedByStrategy(await app.get('/auth/me', { authorization: `Bearer ${forged}` }), 'TokenExpired')
    assert.equal((await app.get(`/auth/me?access_token=${accessToken}`)).status, 401)
  })
})
