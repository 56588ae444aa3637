/** Lists: pages, filters, and the audit trail, which is one of them. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
const people: string[] = []

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  const [tenantId, roleId] = [world.tenant.id, world.role.id]
  for (const name of ['one', 'two', 'three']) {
    await create(app, `/v1/tenants/${tenantId}/units`, { name })
    await create(app, '/v1/roles', { tenantId, name })
    await create(app, '/v1/clients', { name, defaultTenantId: tenantId })
    await create(app, '/v1/api-keys', { name, tenantId, ownerId: world.user.id, permissions: 1 })
    const user = await create<{ id: string }>(app, '/v1/users', { username: `${name}.${tenantId}` })
    await create(app, `/v1/users/${user.id}/memberships`, { tenantId, roleId })
    people.push(user.id)
  }
})

interface Item {
  id: string
  [member: string]: unknown
}

interface Page {
  items: Item[]
  nextCursor: string | null
}

const list = (path: string) => app.admin.get<Page>(path)
const idsOf = ({ items }: Page) => items.map(({ id }) => id)

/** Follows the cursors to the end. */
async function walk(path: string, limit: number): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body, text } = await list(`${path}&limit=${limit}${cursor && `&cursor=${cursor}`}`)
    assert.equal(status, 200, text)
    assert.ok(body.items.length <= limit)
    ids.push(...idsOf(body))
    cursor = body.nextCursor
  }
  return ids
}

const LISTS: Record<string, (world: World) => string> = {
  tenants: ({ tenant }) => `tenants?key=${tenant.key}`,
  units: ({ tenant }) => `tenants/${tenant.id}/units?`,
  roles: ({ tenant }) => `roles?tenantId=${tenant.id}`,
  clients: ({ tenant }) => `clients?defaultTenantId=${tenant.id}`,
  users: ({ tenant }) => `users?tenantId=${tenant.id}`,
  memberships: ({ user }) => `users/${user.id}/memberships?`,
  'API keys': ({ tenant }) => `api-keys?tenantId=${tenant.id}`,
  'the audit trail': ({ tenant }) => `audit?tenantId=${tenant.id}`,
}

for (const [what, toPath] of Object.entries(LISTS))
  describe(`a list of ${what}`, () => {
    const path = () => `/v1/${toPath(world)}`

    test('comes in pages that leave nothing out and repeat nothing', async () => {
      const { body } = await list(path())
      assert.equal(body.nextCursor, null)
      assert.ok(body.items.length > 0)
      for (const limit of [1, 2, 200]) assert.deepEqual(await walk(path(), limit), idsOf(body))
    })

    test('refuses limits, cursors and filters that cannot be', async () => {
      for (const limit of ['0', '201', '-1', '1.5', 'all', ''])
        refusedFields(await list(`${path()}&limit=${limit}`), 'limit')
      for (const cursor of ['x', '', btoa('x'), '%00', btoa("' or 1=1")])
        refusedFields(await list(`${path()}&cursor=${encodeURIComponent(cursor)}`), 'cursor')
      refusedFields(await list(`${path()}&colour=red`), 'colour')
      refused(await list(`${path()}&limit=1&limit=2`), 400)
    })
  })

describe('a filter', () => {
  const finds = async (path: string, ...ids: (string | undefined)[]) =>
    assert.deepEqual(idsOf((await list(path)).body), ids)

  test('finds by natural key', async () => {
    const { tenant, role, client, user, membership } = world
    await finds(`/v1/tenants?key=${tenant.key}`, tenant.id)
    await finds('/v1/tenants?key=none')
    await finds(`/v1/roles?tenantId=${tenant.id}&name=${role.name}`, role.id)
    await finds(`/v1/clients?clientId=${client.clientId}`, client.id)
    await finds(`/v1/users?username=${user.username.toUpperCase()}`, user.id)
    await finds(`/v1/users?email=${user.email.toUpperCase()}`, user.id)
    await finds(`/v1/users/${user.id}/memberships?tenantId=${tenant.id}`, membership.id)
    await finds(`/v1/users/${user.id}/memberships?tenantId=none`)
    assert.equal((await list(`/v1/tenants/${tenant.id}/units?name=two`)).body.items.length, 1)
    assert.equal((await list(`/v1/api-keys?ownerId=${user.id}`)).body.items.length, 3)
    assert.equal((await list('/v1/api-keys?limit=1')).body.items.length, 1)
  })

  test('finds the people of a tenant: its members, and those whose default it is', async () => {
    const path = `/v1/users?tenantId=${world.tenant.id}`
    await finds(path, world.user.id, ...people)
    await finds(`${path}&username=${world.user.username}`, world.user.id)
    await app.admin.patch(`/v1/users/${people[1]}`, { status: 'blocked' })
    await finds(`${path}&status=blocked`, people[1])
    await finds(`${path}&status=active`, world.user.id, people[0], people[2])
    assert.ok(idsOf((await list('/v1/users?status=blocked&limit=200')).body).includes(String(people[1])))
    refusedFields(await list('/v1/users?status=asleep'), 'status')
  })
})

describe('the audit trail', () => {
  const actions = (path: string) => list(path).then(({ body }) => body.items.map(({ action }) => action))

  test('tells what was done to whom, by which key, in which request, newest first', async () => {
    const { id } = await create<Item>(app, '/v1/roles', { tenantId: world.tenant.id, name: 'told' })
    const { headers } = await app.admin.patch(`/v1/roles/${id}`, { permissions: ['P1'] })
    const { body } = await list(`/v1/audit?targetId=${id}`)
    const [last, first] = body.items
    assert.equal(first?.['action'], 'role.create')
    assert.ok(last)
    const { id: _, at, ...rest } = last
    assert.match(String(at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepEqual(rest, {
      tenantId: world.tenant.id,
      actor: { kind: 'api-key', id: 'operator' },
      action: 'role.update',
      target: { kind: 'role', id },
      requestId: headers.get('x-request-id'),
    })
  })

  test('has a row for each change, and none for what changed nothing', async () => {
    const path = `/v1/tenants/${world.tenant.id}`
    const unit = await create<Item>(app, `${path}/units`, { name: 'told' })
    await app.admin.post(`${path}/units`, { name: 'told' })
    await app.admin.patch(`${path}/units/${unit.id}`, { name: 7 })
    for (const _ of ['once', 'again']) await app.admin.delete(`${path}/units/${unit.id}`)
    assert.deepEqual(await actions(`/v1/audit?targetId=${unit.id}`), ['unit.delete', 'unit.create'])
    assert.deepEqual(await actions('/v1/audit?targetId=nothing'), [])
  })

  test('is searched by action, actor and time', async () => {
    const { id, key } = await create<{ id: string; key: string }>(app, '/v1/api-keys', {
      name: 'told',
      tenantId: world.tenant.id,
      permissions: 15,
    })
    await app.patch(`/v1/roles/${world.role.id}`, { permissions: ['P2'] }, { 'x-api-key': key })
    const byKey = `/v1/audit?actorId=${id}&tenantId=${world.tenant.id}`
    assert.deepEqual(await actions(byKey), ['role.update'])
    assert.deepEqual(await actions(`${byKey}&action=role.delete`), [])
    const [now, ago] = [app.now(), new Date(app.now().getTime() - 3_600_000)].map((at) => at.toISOString())
    assert.deepEqual(await actions(`${byKey}&from=${ago}`), ['role.update'])
    assert.deepEqual(await actions(`${byKey}&to=${ago}`), [])
    assert.deepEqual(await actions(`${byKey}&action=role.update&from=${ago}&to=${now}`), ['role.update'])
    assert.ok((await list('/v1/audit?limit=5')).body.items.length > 0)
    refusedFields(await list('/v1/audit?from=yesterday'), 'from')
  })

  test('cannot be written', async () => {
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE'])
      refused(await app.request(method, '/v1/audit', { headers: { 'x-api-key': 'whoever' } }), 404)
  })
})
