import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import {
  bearer,
  create,
  getCode,
  getTokens,
  logOut,
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
    const altered = Buffer.from(JSON.stringify({ ...decodeJwt(accessToken), permissions: ['all'] })).toString(
      'base64url',
    )
    for (const forged of [
      `${header}.${payload}.${signature?.slice(0, -4)}AAAA`,
      `${header}.${altered}.${signature}`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
    ])
      refusedByStrategy(await app.get('/auth/me', { authorization: `Bearer ${forged}` }), 'TokenExpired')
    assert.equal((await app.get(`/auth/me?access_token=${accessToken}`)).status, 401)
  })
})

describe('a refresh', () => {
  test('needs the pair', async () => {
    const tokens = await getTokens(app, world)
    const another = await getTokens(app, world)
    const request = { refreshToken: tokens.refreshToken }
    refusedWith(await app.post('/auth/token-refresh', request), 401, 'Token Invalid')
    refusedWith(await app.post('/auth/token-refresh', request, { authorization: 'Bearer abc' }), 401, 'Token Invalid')
    refusedWith(await app.post('/auth/token-refresh', request, bearer(another)), 401, 'Token Invalid')
    refusedWith(await refresh(app, { ...tokens, refreshToken: 'nonsense' }), 401, 'Token Expired')
    assert.equal((await refresh(app, tokens)).status, 200)
  })

  test('ends the old access token and rotates', async () => {
    const tokens = await getTokens(app, world)
    const { body } = await refresh(app, tokens)
    refusedByStrategy(await app.get('/auth/me', bearer(tokens)), 'TokenRevoked')
    assert.equal((await app.get('/auth/me', bearer(body))).status, 200)
    assert.notEqual(body.refreshToken, tokens.refreshToken)
  })

  test('works with an access token that has expired', LIBSQL_ONLY, async () => {
    const tokens = await getTokens(app, world)
    await app.wait(1000)
    refusedByStrategy(await app.get('/auth/me', bearer(tokens)), 'TokenExpired')
    assert.equal((await refresh(app, tokens)).status, 200)
  })

  test('repeated within ten seconds gets the same successor, later it ends the session', async () => {
    const tokens = await getTokens(app, world)
    const first = await refresh(app, tokens)
    const again = await refresh(app, tokens)
    assert.equal(again.status, 200)
    assert.equal(again.body.refreshToken, first.body.refreshToken)
    assert.equal(decodeJwt(again.body.accessToken).jti, decodeJwt(first.body.accessToken).jti)
    await app.wait(11)
    refusedWith(await refresh(app, tokens), 401, 'Token Expired')
    refusedByStrategy(await app.get('/auth/me', bearer(first.body)), 'TokenRevoked')
    refusedWith(await refresh(app, first.body), 401, 'Token Expired')
  })

  test('sees a changed role, and a blocked user', async () => {
    const other = await makeWorld(app)
    const tokens = await getTokens(app, other)
    await app.admin.patch(`/v1/roles/${other.role.id}`, { permissions: ['P2'] })
    const { body } = await refresh(app, tokens)
    assert.deepEqual(decodeJwt(body.accessToken)['permissions'], ['P2'])
    await app.admin.patch(`/v1/users/${other.user.id}`, { status: 'blocked' })
    assert.equal((await refresh(app, body)).status, 401)
  })
})

describe('another tenant', () => {
  async function withSecondTenant(status = 1) {
    const home = await makeWorld(app)
    const { tenant, role } = await makeWorld(app)
    await create(app, `/v1/users/${home.user.id}/memberships`, { tenantId: tenant.id, roleId: role.id, status })
    return { home, tenant }
  }
  const switchTo = (tokens: Tokens, tenantId?: string) =>
    app.post<Tokens>('/auth/switch-token', { refreshToken: tokens.refreshToken, tenantId }, bearer(tokens))

  test('is reached by switch-token and by refresh, and stays', async () => {
    const { home, tenant } = await withSecondTenant()
    const { status, body } = await switchTo(await getTokens(app, home), tenant.id)
    assert.equal(status, 200)
    assert.equal(decodeJwt(body.accessToken)['tenantId'], tenant.id)
    const next = await refresh(app, body)
    assert.equal(decodeJwt(next.body.accessToken)['tenantId'], tenant.id)
    const back = await refresh(app, next.body, { tenantId: home.tenant.id })
    assert.equal(decodeJwt(back.body.accessToken)['tenantId'], home.tenant.id)
  })

  test('is closed to those who are not members, or not active there; the pair is not spent', async () => {
    const { home, tenant } = await withSecondTenant(2)
    const tokens = await getTokens(app, home)
    refusedWith(await switchTo(tokens, world.tenant.id), 403, 'NotAllowedAccess')
    refusedWith(await switchTo(tokens, 'no such tenant'), 403, 'NotAllowedAccess')
    refusedWith(await refresh(app, tokens, { tenantId: world.tenant.id }), 403, 'NotAllowedAccess')
    refusedWith(await switchTo(tokens, tenant.id), 401, 'UserInactive')
    assert.equal((await refresh(app, tokens)).status, 200)
  })

  test('must be named, with the right pair', async () => {
    const tokens = await getTokens(app, world)
    refusedWith(await switchTo(tokens), 400, 'Tenant ID is required')
    invalidWith(await app.post('/auth/switch-token', {}), [missing('refreshToken')])
    const other = await getTokens(app, world)
    const mixed = { ...tokens, refreshToken: other.refreshToken }
    refusedWith(await switchTo(mixed, world.tenant.id), 401, 'Token Invalid')
    refusedWith(await switchTo({ ...tokens, refreshToken: 'x' }, world.tenant.id), 401, 'Token Expired')
  })
})

describe('a logout', () => {
  test('ends the session at once, and that session only', async () => {
    const [tokens, others] = [await getTokens(app, world), await getTokens(app, world)]
    const { status, body } = await logOut(app, tokens)
    assert.equal(status, 200)
    assert.deepEqual(body, { success: true, key: world.user.id })
    refusedByStrategy(await app.get('/auth/me', bearer(tokens)), 'TokenRevoked')
    refusedByStrategy(await logOut(app, tokens), 'TokenRevoked')
    refusedWith(await refresh(app, tokens), 401, 'Token Expired')
    assert.equal((await app.get('/auth/me', bearer(others))).status, 200)
  })

  test('wants the refresh token of the pair', async () => {
    const [tokens, others] = [await getTokens(app, world), await getTokens(app, world)]
    refusedWith(await app.post('/logout', {}, bearer(tokens)), 422, 'TokenMissing')
    refusedWith(await logOut(app, { ...tokens, refreshToken: 'aaaa' }), 401, 'Token Expired')
    refusedWith(await logOut(app, { ...tokens, refreshToken: others.refreshToken }), 401, 'Token Invalid')
    refusedWith(await app.post('/logout', { refreshToken: tokens.refreshToken }), 401, 'Bearer realm="Users"')
  })
})
