/** What an administrator does to the ways in: passwords, sessions, blocking, suspending. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { bearer, credentialsOf, getTokens, makeWorld, refresh, type Tokens, type World } from '../support/world.ts'

let app: App

before(async () => {
  app = await startApp()
})

const logIn = (world: World) => app.post('/auth/login', credentialsOf(world))
const me = (tokens: Tokens) => app.get('/auth/me', bearer(tokens))

async function isOut(tokens: Tokens): Promise<void> {
  assert.equal((await me(tokens)).status, 401)
  assert.equal((await refresh(app, tokens)).status, 401)
}

describe('a password set by an administrator', () => {
  test('replaces the old one and ends every session', async () => {
    const world = await makeWorld(app)
    const tokens = await getTokens(app, world)
    const password = `another good one ${world.user.id}`
    const { status, text } = await app.admin.post(`/v1/users/${world.user.id}/password`, { password })
    assert.equal(status, 204)
    assert.equal(text, '')
    await isOut(tokens)
    assert.equal((await logIn(world)).status, 401)
    world.user.password = password
    assert.equal((await me(await getTokens(app, world))).body['status'], 1)
  })

  test('may have to be changed at the next login', async () => {
    const world = await makeWorld(app)
    world.user.password = `for the first day ${world.user.id}`
    const asked = { password: world.user.password, mustChange: true }
    assert.equal((await app.admin.post(`/v1/users/${world.user.id}/password`, asked)).status, 204)
    assert.equal((await me(await getTokens(app, world))).body['status'], 3)
  })

  test('is held to the policy', async () => {
    const { user } = await makeWorld(app)
    const path = `/v1/users/${user.id}/password`
    for (const password of ['short', 'password1', user.username.toUpperCase(), user.email])
      refusedFields(await app.admin.post(path, { password }), 'password')
    refusedFields(await app.admin.post(path, {}), 'password')
    refused(await app.admin.post('/v1/users/nobody/password', { password: 'a good one of mine' }), 404)
  })
})

describe('every session ends', () => {
  const ways: Record<string, (world: World) => [method: 'patch' | 'post', path: string, body?: object]> = {
    'when the person is blocked': ({ user }) => ['patch', `/v1/users/${user.id}`, { status: 'blocked' }],
    'when the tenant is suspended': ({ tenant }) => ['patch', `/v1/tenants/${tenant.id}`, { status: 'suspended' }],
    "when the person's are revoked": ({ user }) => ['post', `/v1/users/${user.id}/sessions/revoke`],
    "when the tenant's are revoked": ({ tenant }) => ['post', `/v1/tenants/${tenant.id}/sessions/revoke`],
  }
  for (const [when, toRequest] of Object.entries(ways))
    test(when, async () => {
      const [world, bystander] = [await makeWorld(app), await makeWorld(app)]
      const [tokens, others] = [await getTokens(app, world), await getTokens(app, bystander)]
      const [method, path, body] = toRequest(world)
      const { status, text } = await app.admin[method](path, body)
      assert.ok([200, 204].includes(status), text)
      await isOut(tokens)
      assert.equal((await me(others)).status, 200)
      assert.equal((await logIn(world)).status, path.endsWith('revoke') ? 200 : 401)
    })

  test('of nobody is not found', async () => {
    refused(await app.admin.post('/v1/users/nobody/sessions/revoke'), 404)
    refused(await app.admin.post('/v1/tenants/nothing/sessions/revoke'), 404)
  })
})

describe('a second factor', () => {
  test('is demanded of a person, and no longer', async () => {
    const { user } = await makeWorld(app)
    const path = `/v1/users/${user.id}`
    for (const required of [true, false]) {
      assert.equal((await app.admin.post(`${path}/second-factor`, { required })).status, 204)
      assert.equal((await app.admin.get(path)).body['secondFactorRequired'], required)
    }
    refusedFields(await app.admin.post(`${path}/second-factor`, { required: 'yes' }), 'required')
    refused(await app.admin.post('/v1/users/nobody/second-factor', { required: true }), 404)
  })
})
