import assert from 'node:assert/strict'
import { before, beforeEach, describe, test } from 'node:test'
import { enter, failsWith, makeKey, NO_USER, SETTINGS, type UserAnswer } from '../support/account.ts'
import { type App, startApp } from '../support/app.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
let key: string
let headers: Record<string, string>

const GIVEN = {
  department: 'Engines',
  birthDate: '1815-12-10',
  rank: 3,
  customerId: 7,
  notes: 'first',
  settings: SETTINGS,
}

before(async () => {
  app = await startApp()
})

beforeEach(async () => {
  world = await makeWorld(app, { user: GIVEN })
  key = await makeKey(app, world)
  headers = await enter(app, key, world)
})

describe('the user who is logged in', () => {
  test('is shown with every documented field', async () => {
    const own = await create<{ key: string; id: string }>(app, '/v1/api-keys', {
      name: 'mine',
      tenantId: world.tenant.id,
      ownerId: world.user.id,
      permissions: 1,
    })
    await create(app, '/v1/api-keys', { name: 'elsewhere', ownerId: world.user.id, permissions: 1 })
    const { status, body, headers: answered } = await app.get<UserAnswer>('/v1/auth/user?request=%7B%7D', headers)
    assert.equal(status, 200)
    assert.equal(answered.get('content-type'), 'application/json; charset=utf-8')
    const { createdAt, updatedAt, lastLogIn, apiKeys, settings, ...user } = body.user
    for (const at of [createdAt, updatedAt, lastLogIn]) assert.match(String(at), /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/)
    assert.deepEqual({ ...body, user: null }, { success: true, code: 0, message: '', user: null })
    assert.deepEqual(user, {
      id: world.user.id,
      userName: world.user.username,
      email: world.user.email,
      phoneNumber: '',
      title: '',
      firstName: 'Ada',
      lastName: 'Lovelace',
      department: 'Engines',
      birthDate: '1815-12-10T00:00:00.000Z',
      lastDismissMessages: null,
      rank: 3,
      image: '',
      address: '',
      postalCode: '',
      region: '',
      city: '',
      country: '',
      countryCode: '',
      mobile: '',
      notes: 'first',
      customerId: 7,
      roles: ['editor'],
    })
    const { createdDate, ...shown } = apiKeys[0] as never as Record<string, unknown>
    assert.ok(createdDate)
    assert.equal(apiKeys.length, 1)
    assert.deepEqual(shown, {
      id: Number(own.id),
      name: 'mine',
      key: `api_${'*'.repeat(28)}${own.key.slice(-4)}`,
      clientSecret: '',
      expireDate: null,
      ownerId: world.user.id,
      revoked: false,
      permissions: 1,
      description: '',
    })
    assert.deepEqual(
      settings.map(({ id, ...setting }) => ({ ...setting, id: typeof id })),
      SETTINGS.map((setting) => ({ ...setting, id: 'number', userId: world.user.id })),
    )
  })

  test('is whoever the token names, with the role in the tenant of the key', async () => {
    const second = await makeWorld(app, { role: { name: 'reader' } })
    await create(app, `/v1/users/${world.user.id}/memberships`, { tenantId: second.tenant.id, roleId: second.role.id })
    const theirs = await enter(app, await makeKey(app, second), world)
    const { body } = await app.get<UserAnswer>('/v1/auth/user', theirs)
    assert.deepEqual([body.user['id'], body.user['roles']], [world.user.id, ['reader']])
  })

  test('is gone as soon as the person is', async () => {
    await app.admin.delete(`/v1/users/${world.user.id}`)
    failsWith(await app.get('/v1/auth/user', headers), 401, 5, NO_USER)
  })
})
