/** API keys, and what each permission lets them do. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

interface ApiKey {
  id: string
  key: string
  [member: string]: unknown
}

const PATH = '/v1/api-keys'
const makeKey = (more: object = {}) => create<ApiKey>(app, PATH, { name: 'ci', permissions: 15, ...more })
const by = ({ key }: ApiKey) => ({ 'x-api-key': key })
const works = async (key: ApiKey) => (await app.get('/v1/roles', by(key))).status === 200

describe('an API key', () => {
  test('is shown once, kept as a digest, and known by its last four characters', async () => {
    const { status, body, headers } = await app.admin.post<ApiKey>(PATH, { name: 'ci', permissions: 5 })
    assert.equal(status, 201)
    assert.equal(headers.get('location'), `${PATH}/${body.id}`)
    const { id, key, createdAt, updatedAt, ...rest } = body
    assert.match(id, /^\d+$/)
    assert.match(key, /^api_[\w-]{32}$/)
    const nothing = { tenantId: null, ownerId: null, expireDate: null, revoked: false, description: '' }
    assert.deepEqual(rest, { name: 'ci', permissions: 5, lastFour: key.slice(-4), ...nothing })
    assert.deepEqual((await app.admin.get(`${PATH}/${id}`)).body, { id, createdAt, updatedAt, ...rest })
    assert.ok(!JSON.stringify(await app.rows('select * from api_keys')).includes(key))
  })

  test('is missed, or found wrong, before anything else', async () => {
    refused(await app.get('/v1/roles'), 401)
    for (const key of ['wrong', 'api_', `api_${'A'.repeat(32)}`, 'ü'])
      refused(await app.post('/v1/roles', '{not json', { 'x-api-key': encodeURI(key) }), 401)
  })

  test('does what its bits say, and is told so before its body is read', async () => {
    const path = `/v1/roles/${world.role.id}`
    const asks: [bit: number, ask: (key: ApiKey) => Promise<{ status: number }>, done: number][] = [
      [1, (key) => app.get(path, by(key)), 200],
      [2, (key) => app.patch(path, { permissions: ['P1'] }, by(key)), 200],
      [4, (key) => app.delete('/v1/roles/nothing', by(key)), 204],
      [8, (key) => app.post('/v1/roles', {}, by(key)), 400],
    ]
    for (const [bit, ask, done] of asks) {
      assert.equal((await ask(await makeKey({ permissions: bit }))).status, done)
      assert.equal((await ask(await makeKey({ permissions: 15 - bit }))).status, 403)
    }
  })

  test('is made of the whole resource as it is documented, revoked from the start too', async () => {
    const whole = { tenantId: null, ownerId: null, expireDate: null, description: '' }
    const [open, revoked] = [await makeKey({ ...whole, revoked: false }), await makeKey({ ...whole, revoked: true })]
    assert.deepEqual([open['revoked'], revoked['revoked']], [false, true])
    assert.deepEqual([await works(open), await works(revoked)], [true, false])
  })

  test('can be revoked for good', async () => {
    const key = await makeKey()
    assert.ok(await works(key))
    const { status, body } = await app.admin.patch(`${PATH}/${key.id}`, { revoked: true })
    assert.equal(status, 200)
    assert.equal(body['revoked'], true)
    assert.ok(!(await works(key)))
    refusedFields(await app.admin.patch(`${PATH}/${key.id}`, { revoked: false }), 'revoked')
  })

  test('expires', async () => {
    const past = new Date(app.now().getTime() - 1000).toISOString()
    const future = new Date(app.now().getTime() + 3_600_000).toISOString()
    assert.ok(!(await works(await makeKey({ expireDate: past }))))
    const key = await makeKey({ expireDate: future })
    assert.ok(await works(key))
    assert.equal((await app.admin.patch(`${PATH}/${key.id}`, { expireDate: past })).body['expireDate'], past)
    assert.ok(!(await works(key)))
    await app.admin.patch(`${PATH}/${key.id}`, { expireDate: null })
    assert.ok(await works(key))
  })

  test('that is removed is gone', async () => {
    const key = await makeKey()
    for (const _ of ['once', 'again']) assert.equal((await app.admin.delete(`${PATH}/${key.id}`)).status, 204)
    assert.ok(!(await works(key)))
    refused(await app.admin.get(`${PATH}/${key.id}`), 404)
    for (const id of ['0', '-1', 'x', '1e3', '99999999999999999999']) refused(await app.admin.get(`${PATH}/${id}`), 404)
  })

  test('ends with its owner and with its tenant, blocked or suspended meanwhile', async () => {
    const { tenant, user } = await makeWorld(app)
    const owned = await makeKey({ ownerId: user.id })
    const ofTenant = await makeKey({ tenantId: tenant.id })
    for (const [status, good] of [
      ['blocked', false],
      ['active', true],
    ] as const) {
      await app.admin.patch(`/v1/users/${user.id}`, { status })
      assert.equal(await works(owned), good)
    }
    await app.admin.patch(`/v1/tenants/${tenant.id}`, { status: 'suspended' })
    assert.ok(!(await works(ofTenant)))
    await app.admin.delete(`/v1/users/${user.id}`)
    assert.ok(!(await works(owned)))
  })

  test('is refused with what cannot be', async () => {
    const bad = { name: '', permissions: 16, expireDate: 'tomorrow', revoked: 'no', key: 'mine' }
    refusedFields(await app.admin.post(PATH, bad), ...Object.keys(bad))
    refusedFields(await app.admin.post(PATH, { name: 'ci' }), 'permissions')
    refusedFields(await app.admin.post(PATH, { name: 'ci', permissions: 1, tenantId: 'nothing' }), 'tenantId')
    refusedFields(await app.admin.post(PATH, { name: 'ci', permissions: 1, ownerId: 'nobody' }), 'ownerId')
    const elsewhere = await makeWorld(app)
    const mixed = { name: 'ci', permissions: 1, tenantId: world.tenant.id, ownerId: elsewhere.user.id }
    refusedFields(await app.admin.post(PATH, mixed), 'ownerId')
    const { id } = await makeKey()
    refusedFields(await app.admin.patch(`${PATH}/${id}`, { permissions: 15 }), 'permissions')
  })

  test('gives no more than it has', async () => {
    const creator = await makeKey({ permissions: 9 })
    const make = (permissions: number) => app.post(PATH, { name: 'more', permissions }, by(creator))
    assert.equal((await make(9)).status, 201)
    for (const permissions of [15, 2, 13]) refused(await make(permissions), 403)
  })
})
