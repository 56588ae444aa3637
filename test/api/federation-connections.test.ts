import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { assertIssue, type Connection } from '../support/federation.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const google = { kind: 'google', name: 'Google', clientId: 'an id', clientSecret: 'a secret of the provider' }
const make = (connection: object) => app.admin.post<Connection>('/v1/connections', connection)
const made = (connection: object) => create<Connection>(app, '/v1/connections', connection)

/** The admin API with a key of one tenant. */
async function keyOf({ tenant }: World, permissions = 15) {
  const { key } = await create<{ key: string }>(app, '/v1/api-keys', { name: 'k', tenantId: tenant.id, permissions })
  return { 'x-api-key': key }
}

describe('a connection', () => {
  test('is made, read, changed, listed and removed; its secret goes in and never comes out', async () => {
    const { status, headers, body } = await make({ ...google, tenantId: world.tenant.id })
    assert.equal(status, 201)
    assert.equal(headers.get('location'), `/v1/connections/${body.id}`)
    const { id, createdAt, updatedAt, ...rest } = body
    assert.deepEqual(rest, {
      tenantId: world.tenant.id,
      kind: 'google',
      name: 'Google',
      clientId: 'an id',
      apple: null,
      issuer: null,
      endpoints: {},
      scopes: null,
      saml: null,
      groupRoles: {},
      allowUnsolicited: false,
      status: 'active',
    })
    const path = `/v1/connections/${id}`
    assert.deepEqual((await app.admin.get(path)).body, body)
    const patch = {
      name: 'New',
      scopes: ['openid', 'email'],
      endpoints: { token: 'https://idp.example/token' },
      clientSecret: 'another secret',
    }
    const changed = await app.admin.patch<Connection>(path, patch)
    assert.equal(changed.status, 200)
    assert.deepEqual(
      [changed.body['name'], changed.body['scopes'], changed.body['endpoints'], changed.body['clientSecret']],
      ['New', ['openid', 'email'], { token: 'https://idp.example/token' }, undefined],
    )
    const list = await app.admin.get<{ items: Connection[] }>(`/v1/connections?tenantId=${world.tenant.id}&kind=google`)
    assert.deepEqual(list.body.items, [changed.body])
    for (let times = 0; times < 2; times++) assert.equal((await app.admin.delete(path)).status, 204)
    assert.equal((await app.admin.get(path)).status, 404)
    const { body: audit } = await app.admin.get<{ items: { action: string }[] }>(`/v1/audit?targetId=${id}`)
    assert.deepEqual(audit.items.map(({ action }) => action).sort(), [
      'connection.create',
      'connection.delete',
      'connection.update',
    ])
    assert.ok(createdAt && updatedAt)
  })

  test('keeps its secret sealed', async () => {
    const { id } = await made(google)
    const [row] = await app.rows('select client_secret from connections where id = ?', id)
    assert.match(String(row?.['client_secret']), /^[\w-]{8}\.[\w-]{16}\.[\w-]+$/)
    await app.admin.delete(`/v1/connections/${id}`)
  })

  test('pages', async () => {
    const own = await makeWorld(app)
    for (const name of ['a', 'b', 'c']) await made({ ...google, name, tenantId: own.tenant.id })
    const path = `/v1/connections?tenantId=${own.tenant.id}&limit=2`
    const { body: first } = await app.admin.get<{ items: Connection[]; nextCursor: string }>(path)
    assert.deepEqual(
      first.items.map((item) => item['name']),
      ['a', 'b'],
    )
    const { body: second } = await app.admin.get<{ items: Connection[]; nextCursor: null }>(
      `${path}&cursor=${first.nextCursor}`,
    )
    assert.deepEqual(
      second.items.map((item) => item['name']),
      ['c'],
    )
    assert.equal(second.nextCursor, null)
  })
})

describe('a tenant’s key', () => {
  test('sees and changes its own connections, and no shared or foreign one', async () => {
    const key = await keyOf(world)
    const own = await app.post<Connection>('/v1/connections', google, key)
    assert.equal(own.status, 201)
    assert.equal(own.body['tenantId'], world.tenant.id)
    const other = await makeWorld(app)
    const foreign = await made({ ...google, tenantId: other.tenant.id })
    const shared = await made(google)
    for (const { id } of [foreign, shared]) {
      const path = `/v1/connections/${id}`
      assert.equal((await app.get(path, key)).status, 404)
      assert.equal((await app.patch(path, { name: 'x' }, key)).status, 404)
      assert.equal((await app.delete(path, key)).status, 204)
      assert.equal((await app.admin.get(path)).status, 200, 'nothing happened')
    }
    const { body } = await app.get<{ items: Connection[] }>('/v1/connections?limit=200', key)
    assert.ok(body.items.every((item) => item['tenantId'] === world.tenant.id))
    for (const tenantId of [null, other.tenant.id])
      assertIssue(await app.post<Connection>('/v1/connections', { ...google, tenantId }, key), 'tenantId')
    await app.admin.delete(`/v1/connections/${shared.id}`)
  })

  test('needs the bit of the method', async () => {
    const key = await keyOf(world, 1)
    assert.equal((await app.get('/v1/connections', key)).status, 200)
    assert.equal((await app.post('/v1/connections', google, key)).status, 403)
  })
})
