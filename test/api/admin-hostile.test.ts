/** Input that nobody means well: each is refused in the family's words, and nothing is stored. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
let stored: Record<string, unknown>

const TABLES = ['tenants', 'units', 'roles', 'clients', 'users', 'memberships', 'api_keys', 'audit', 'user_settings']
const count = async () =>
  (await app.rows(`select ${TABLES.map((table) => `(select count(*) from ${table}) ${table}`).join()}`))[0] ?? {}

/** A route, a body that it would take, and the members of it that are text. */
interface Target {
  method: 'post' | 'patch'
  path: string
  good: Record<string, unknown>
  texts: string[]
}

const TARGETS: Record<string, (world: World) => Target> = {
  'a new tenant': () => ({
    method: 'post',
    path: 'tenants',
    good: { key: 'hostile', name: 'A' },
    texts: ['key', 'name'],
  }),
  'a tenant': ({ tenant }) => ({ method: 'patch', path: `tenants/${tenant.id}`, good: {}, texts: ['name', 'locale'] }),
  'a new unit': ({ tenant }) => ({
    method: 'post',
    path: `tenants/${tenant.id}/units`,
    good: { name: 'news' },
    texts: ['name', 'description'],
  }),
  'a new role': ({ tenant }) => ({
    method: 'post',
    path: 'roles',
    good: { tenantId: tenant.id, name: 'A' },
    texts: ['tenantId', 'name'],
  }),
  'a new client': () => ({
    method: 'post',
    path: 'clients',
    good: { name: 'A' },
    texts: ['name', 'clientId', 'clientSecret', 'redirectUrl', 'defaultTenantId'],
  }),
  'a new person': () => ({
    method: 'post',
    path: 'users',
    good: { username: 'hostile' },
    texts: ['username', 'email', 'phone', 'firstName', 'notes', 'image', 'birthDate', 'authProvider', 'password'],
  }),
  'a new membership': ({ tenant, role, user }) => ({
    method: 'post',
    path: `users/${user.id}/memberships`,
    good: { tenantId: tenant.id, roleId: role.id },
    texts: ['tenantId', 'roleId'],
  }),
  'a new API key': () => ({
    method: 'post',
    path: 'api-keys',
    good: { name: 'A', permissions: 1 },
    texts: ['name', 'description', 'ownerId', 'expireDate'],
  }),
}

const LONG = 'x'.repeat(10_000)
const BAD_TEXTS = ['a\u0000b', 'a\u001bb', 'a\u0085b', '\ud800', 'a\udfff', LONG]
const NOT_TEXTS = [7, true, ['a'], { a: 1 }]
const NOT_OBJECTS = ['[]', '[{"name":"A"}]', '"A"', '7', 'true', 'null']
const NOT_JSON = ['{', '{"name":}', "{'name':'A'}", 'name=A', '{"name":"A"}x', '\u0000', `${'['.repeat(50_000)}`]

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  stored = await count()
})

for (const [what, toTarget] of Object.entries(TARGETS))
  describe(what, () => {
    const send = (body: unknown, headers?: Record<string, string>) => {
      const { method, path } = toTarget(world)
      return app.admin[method](`/v1/${path}`, body, headers)
    }

    test('is not made of what is no JSON, or no object', async () => {
      for (const body of NOT_JSON) refused(await send(body), 400)
      for (const body of NOT_OBJECTS) refused(await send(body), 400)
      const deep = `{"name":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`
      refused(await send(deep), 400)
    })

    test('is not made of text that no store keeps, or of too much', async () => {
      const { good, texts } = toTarget(world)
      for (const field of texts)
        for (const value of [...BAD_TEXTS, ...NOT_TEXTS]) refusedFields(await send({ ...good, [field]: value }), field)
    })

    test('has no field that is not known', async () => {
      const { good } = toTarget(world)
      for (const field of ['more', 'id', 'createdAt', 'constructor', 'toString'])
        refusedFields(await send({ ...good, [field]: 'x' }), field)
      const polluted = `${JSON.stringify(good).slice(0, -1)}${Object.keys(good).length ? ',' : ''}"__proto__":{"a":1}}`
      refusedFields(await send(polluted), '__proto__')
    })

    test('is not sent as something else, or endlessly', async () => {
      const { good } = toTarget(world)
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data', 'application/x-www-form-urlencoded'])
        refused(await send(JSON.stringify(good), { 'content-type': type }), 415)
      refused(await send({ ...good, name: 'x'.repeat(1_048_576) }), 413)
    })
  })

describe('an address', () => {
  test('with strange ids leads nowhere', async () => {
    const ids = ['%00', '%ff', '%ed%a0%80', '..%2f..', "'%20or%201=1--", LONG, '%F0%9F%98%80', '__proto__']
    for (const id of ids)
      for (const resource of ['tenants', 'roles', 'clients', 'users', 'api-keys', `tenants/${world.tenant.id}/units`]) {
        refused(await app.admin.get(`/v1/${resource}/${id}`), 404)
        refused(await app.admin.patch(`/v1/${resource}/${id}`, {}), 404)
        assert.equal((await app.admin.delete(`/v1/${resource}/${id}`)).status, 204)
      }
    refused(await app.admin.get('/v1/nothing'), 404)
    refused(await app.admin.put(`/v1/roles/${world.role.id}`, {}), 404)
    for (const value of ['%00', '%1b', LONG]) refusedFields(await app.admin.get(`/v1/roles?name=${value}`), 'name')
  })
})

describe('after all of it', () => {
  test('nothing is stored', async () => assert.deepEqual(await count(), stored))
})
