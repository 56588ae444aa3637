import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { bearer, create, getTokens, logOut, makeWorld, refresh, type Tokens, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
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
    refusedWith(await refresh(app, body), 401, 'UserInactive')
  })

  test('says why to those who were shut out', async () => {
    const shutOut = async (shut: (of: World) => Promise<unknown>) => {
      const own = await makeWorld(app)
      const tokens = await getTokens(app, own)
      await shut(own)
      return refresh(app, tokens)
    }
    const member = ({ user, membership }: World) => `/v1/users/${user.id}/memberships/${membership.id}`
    const patch = (path: string, more: object) => app.admin.patch(path, more)
    const as = (status: number) => shutOut((of) => patch(member(of), { status }))
    refusedWith(await as(2), 401, 'UserInactive')
    refusedWith(await as(0), 400, 'User not active yet')
    const suspend = ({ tenant }: World) => patch(`/v1/tenants/${tenant.id}`, { status: 'suspended' })
    refusedWith(await shutOut(suspend), 401, 'UserInactive')
    const disable = ({ client }: World) => patch(`/v1/clients/${client.id}`, { status: 'disabled' })
    refusedByStrategy(await shutOut(disable), 'Client Verification Failed')
    refusedWith(await shutOut((of) => app.admin.delete(member(of))), 401, 'UserDoesNotExist')
  })

  test('of a token that was used ends the session with whichever access token it comes', async () => {
    for (const paired of [true, false]) {
      const tokens = await getTokens(app, world)
      const { body } = await refresh(app, tokens)
      const reuse = () =>
        app.post('/auth/token-refresh', { refreshToken: tokens.refreshToken }, paired ? bearer(body) : {})
      refusedWith(await reuse(), 401, 'Token Expired')
      assert.equal((await app.get('/auth/me', bearer(body))).status, 200)
      await app.wait(11)
      refusedWith(await reuse(), 401, 'Token Expired')
      refusedByStrategy(await app.get('/auth/me', bearer(body)), 'TokenRevoked')
    }
  })

  test('stays in the tenant where none is named', async () => {
    const { status, body } = await refresh(app, await getTokens(app, world), { tenantId: '' })
    assert.equal(status, 200)
    assert.equal(decodeJwt(body.accessToken)['tenantId'], world.tenant.id)
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

  test('is not answered with the tokens that the same pair got for a different one just before', async () => {
    const { home, tenant } = await withSecondTenant()
    const tokens = await getTokens(app, home)
    const { body } = await refresh(app, tokens)
    refusedWith(await refresh(app, tokens, { tenantId: tenant.id }), 401, 'Token Expired')
    refusedWith(await refresh(app, tokens, { tenantId: world.tenant.id }), 403, 'NotAllowedAccess')
    const again = await refresh(app, tokens, { tenantId: home.tenant.id })
    assert.equal(again.body.refreshToken, body.refreshToken)
    assert.equal((await switchTo(body, tenant.id)).status, 200)
  })

  test('that asks for a second factor is closed to a session that has proved one', async () => {
    const { home, tenant } = await withSecondTenant()
    await app.admin.patch(`/v1/tenants/${tenant.id}`, { secondFactor: 'required' })
    const tokens = await getTokens(app, home)
    refusedWith(await switchTo(tokens, tenant.id), 401, 'User Verification Failed')
    refusedWith(await refresh(app, tokens, { tenantId: tenant.id }), 401, 'User Verification Failed')
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
