/** People in tenants. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { bearer, create, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
let elsewhere: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  elsewhere = await makeWorld(app)
  for (const name of ['news', 'sports']) await create(app, `/v1/tenants/${world.tenant.id}/units`, { name })
})

interface Membership {
  id: string
  [member: string]: unknown
}

const listOf = ({ user }: World) => `/v1/users/${user.id}/memberships`
const own = () => `${listOf(world)}/${world.membership.id}`

describe('a membership', () => {
  test('is active unless it is said otherwise, and shows its units by name', async () => {
    const { user } = await makeWorld(app)
    const fields = { tenantId: world.tenant.id, roleId: world.role.id, units: ['sports', 'news', 'news'] }
    const { status, body, headers } = await app.admin.post<Membership>(`/v1/users/${user.id}/memberships`, fields)
    assert.equal(status, 201)
    assert.equal(headers.get('location'), `/v1/users/${user.id}/memberships/${body.id}`)
    const { id, createdAt, updatedAt, ...rest } = body
    const permissions = { allow: [], deny: [] }
    assert.deepEqual(rest, { userId: user.id, ...fields, units: ['news', 'sports'], status: 1, permissions })
    assert.deepEqual((await app.admin.get(`/v1/users/${user.id}/memberships/${id}`)).body, body)
    refused(await app.admin.get(`${listOf(world)}/${id}`), 404)
  })

  test('is one for each person and tenant', async () => {
    const fields = { tenantId: elsewhere.tenant.id, roleId: elsewhere.role.id }
    const join = () => app.admin.post(listOf(world), fields)
    const statuses = (await Promise.all([join(), join()])).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), [201, 409])
    refused(await app.admin.post('/v1/users/nobody/memberships', fields), 404)
  })

  test('takes role and units of its own tenant only', async () => {
    const fields = { tenantId: elsewhere.tenant.id, roleId: elsewhere.role.id }
    const join = (more: object) => app.admin.post(listOf(world), { ...fields, ...more })
    refusedFields(await join({ roleId: world.role.id }), 'roleId')
    refusedFields(await join({ units: ['news'] }), 'units.0')
    refusedFields(await join({ tenantId: 'nothing' }), 'tenantId')
    refusedFields(await app.admin.patch(own(), { roleId: elsewhere.role.id }), 'roleId')
    refusedFields(await app.admin.patch(own(), { units: ['news', 'weather'] }), 'units.1')
    const bad = { status: 5, tenantId: elsewhere.tenant.id, permissions: { some: [] } }
    refusedFields(await app.admin.patch(own(), bad), 'status', 'tenantId', 'permissions.some')
  })

  test('is changed by what is given, one level deep', async () => {
    await app.admin.patch(own(), { permissions: { allow: ['P9'], deny: ['P1'] }, units: ['news'] })
    const { body } = await app.admin.patch<Membership>(own(), { permissions: { deny: [] } })
    assert.deepEqual(body['permissions'], { allow: ['P9'], deny: [] })
    assert.deepEqual(body['units'], ['news'])
    assert.deepEqual((await app.admin.patch<Membership>(own(), { units: [] })).body['units'], [])
  })

  test('adds to the permissions of the role, and takes away from them', async () => {
    await app.admin.patch(own(), { permissions: { allow: ['P9'], deny: ['ViewLoginActivity'] } })
    const { body } = await app.get('/auth/me', bearer(await getTokens(app, world)))
    assert.deepEqual(body['permissions'], ['P9'])
  })

  for (const status of [0, 2, 4])
    test(`of status ${status} leaves no session in its tenant`, async () => {
      const member = await makeWorld(app)
      const tokens = await getTokens(app, member)
      const path = `${listOf(member)}/${member.membership.id}`
      assert.equal((await app.admin.patch(path, { status: 3 })).status, 200)
      assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
      assert.equal((await app.admin.patch(path, { status })).status, 200)
      assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
    })

  test('that ends takes the sessions in its tenant with it', async () => {
    const member = await makeWorld(app)
    const tokens = await getTokens(app, member)
    const path = `${listOf(member)}/${member.membership.id}`
    for (const _ of ['once', 'again']) assert.equal((await app.admin.delete(path)).status, 204)
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
    refused(await app.admin.get(path), 404)
    assert.equal((await app.admin.get(`/v1/users/${member.user.id}`)).status, 200)
  })
})
