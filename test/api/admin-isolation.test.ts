/** The key of a tenant: it sees that tenant, and behaves as if there were no other. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { bearer, create, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let own: World
let other: World
/** Of `own`'s tenant, somebody who is a member of `other`'s tenant too. */
let shared: World
let unit: { id: string }
let key: Record<string, string>

before(async () => {
  app = await startApp()
  own = await makeWorld(app)
  other = await makeWorld(app)
  const [tenantId, roleId] = [own.tenant.id, own.role.id]
  shared = await makeWorld(app, { user: { defaultTenantId: tenantId }, membership: { tenantId, roleId } })
  await create(app, `/v1/users/${shared.user.id}/memberships`, { tenantId: other.tenant.id, roleId: other.role.id })
  unit = await create(app, `/v1/tenants/${other.tenant.id}/units`, { name: 'news' })
  const fields = { name: 'ci', permissions: 15, tenantId }
  key = { 'x-api-key': (await create<{ key: string }>(app, '/v1/api-keys', fields)).key }
})

const idsOf = ({ body }: Answer<{ items: { id: string }[] }>) => body.items.map(({ id }) => id).sort()
const list = (path: string) => app.get<{ items: { id: string }[] }>(path, key)

describe('with the key of a tenant', () => {
  test('lists hold its own', async () => {
    assert.deepEqual(idsOf(await list('/v1/tenants')), [own.tenant.id])
    assert.deepEqual(idsOf(await list('/v1/roles')), [own.role.id])
    assert.deepEqual(idsOf(await list('/v1/clients')), [own.client.id])
    assert.deepEqual(idsOf(await list('/v1/users')), [own.user.id, shared.user.id].sort())
    assert.equal(idsOf(await list(`/v1/users/${shared.user.id}/memberships`)).length, 1)
    for (const path of ['roles', 'users', 'audit', 'api-keys'])
      assert.deepEqual(idsOf(await list(`/v1/${path}?tenantId=${other.tenant.id}`)), [])
    assert.deepEqual(idsOf(await list(`/v1/users?username=${other.user.username}`)), [])
    const audit = await app.get<{ items: { tenantId: string }[] }>('/v1/audit', key)
    assert.ok(audit.body.items.length > 0)
    assert.ok(audit.body.items.every(({ tenantId }) => tenantId === own.tenant.id))
  })

  test("another tenant's is not there, whatever is asked", async () => {
    const [membership] = (await app.admin.get<{ items: { id: string }[] }>(`/v1/users/${other.user.id}/memberships`))
      .body.items
    const paths = [
      `/v1/tenants/${other.tenant.id}/units/${unit.id}`,
      `/v1/roles/${other.role.id}`,
      `/v1/clients/${other.client.id}`,
      `/v1/users/${other.user.id}`,
      `/v1/users/${other.user.id}/memberships/${membership?.id}`,
    ]
    for (const path of paths) {
      const before = (await app.admin.get(path)).body
      refused(await app.get(path, key), 404)
      refused(await app.patch(path, {}, key), 404)
      assert.equal((await app.delete(path, key)).status, 204)
      assert.deepEqual((await app.admin.get(path)).body, before)
    }
    refused(await app.get(`/v1/tenants/${other.tenant.id}`, key), 404)
    refused(await app.patch(`/v1/tenants/${other.tenant.id}`, { name: 'Mine' }, key), 404)
    const posts = [`clients/${other.client.id}/secret`, `users/${other.user.id}/sessions/revoke`]
    for (const path of [...posts, `tenants/${other.tenant.id}/sessions/revoke`, `tenants/${other.tenant.id}/units`])
      refused(await app.post(`/v1/${path}`, path.endsWith('units') ? { name: 'mine' } : {}, key), 404)
  })

  test('what is made is its own, and cannot be put into another', async () => {
    const client = await app.post('/v1/clients', { name: 'Web' }, key)
    assert.equal(client.body['defaultTenantId'], own.tenant.id)
    const user = await app.post('/v1/users', { username: `own.${process.pid}` }, key)
    assert.equal(user.body['defaultTenantId'], own.tenant.id)
    const made = await app.post('/v1/api-keys', { name: 'mine', permissions: 1 }, key)
    assert.equal(made.body['tenantId'], own.tenant.id)
    const defaultTenantId = other.tenant.id
    refusedFields(await app.post('/v1/clients', { name: 'Web', defaultTenantId }, key), 'defaultTenantId')
    refusedFields(await app.post('/v1/users', { username: 'x', defaultTenantId }, key), 'defaultTenantId')
    refusedFields(await app.patch(`/v1/clients/${own.client.id}`, { defaultTenantId: null }, key), 'defaultTenantId')
    refusedFields(await app.post('/v1/roles', { tenantId: other.tenant.id, name: 'x' }, key), 'tenantId')
    refusedFields(
      await app.post('/v1/api-keys', { name: 'x', permissions: 1, tenantId: other.tenant.id }, key),
      'tenantId',
    )
    refused(await app.post('/v1/api-keys', { name: 'x', permissions: 1, tenantId: null }, key), 403)
  })

  test('its own tenant can be described, but not made, renamed by key, suspended or removed', async () => {
    const path = `/v1/tenants/${own.tenant.id}`
    const changed = await app.patch(path, { name: 'Renamed', secondFactor: 'optional', status: 'active' }, key)
    assert.equal(changed.body['name'], 'Renamed')
    refused(await app.patch(path, { status: 'suspended' }, key), 403)
    refused(await app.patch(path, { key: 'other-key' }, key), 403)
    refused(await app.delete(path, key), 403)
    refused(await app.post('/v1/tenants', { key: `mine-${process.pid}`, name: 'Mine' }, key), 403)
    for (const operation of ['signing-keys/rotate', 'master-key/reseal'])
      refused(await app.post(`/v1/${operation}`, {}, key), 403)
  })
})

describe('a person of several tenants', () => {
  const path = () => `/v1/users/${shared.user.id}`

  test('is seen by each, and changed by an operator only', async () => {
    assert.equal((await app.get(path(), key)).status, 200)
    const tokens = await getTokens(app, { ...shared, client: other.client })
    refused(await app.patch(path(), { email: 'mine@example.com' }, key), 403)
    refused(await app.post(`${path()}/password`, { password: 'all of it is mine' }, key), 403)
    refused(await app.post(`${path()}/sessions/revoke`, {}, key), 403)
    refused(await app.post(`${path()}/second-factor`, { required: false }, key), 403)
    refused(await app.delete(path(), key), 403)
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
  })

  test('is a member of each by itself', async () => {
    const [mine] = (await list(`${path()}/memberships`)).body.items
    const all = (await app.admin.get<{ items: { id: string }[] }>(`${path()}/memberships`)).body.items
    const theirs = all.find(({ id }) => id !== mine?.id)
    refused(await app.get(`${path()}/memberships/${theirs?.id}`, key), 404)
    assert.equal((await app.patch(`${path()}/memberships/${mine?.id}`, { status: 2 }, key)).status, 200)
    assert.equal((await app.delete(`${path()}/memberships/${theirs?.id}`, key)).status, 204)
    assert.equal((await app.admin.get(`${path()}/memberships/${theirs?.id}`)).status, 200)
  })

  test('cannot be drawn in by a tenant that does not see them', async () => {
    const fields = { tenantId: own.tenant.id, roleId: own.role.id }
    refused(await app.post(`/v1/users/${other.user.id}/memberships`, fields, key), 404)
  })
})
