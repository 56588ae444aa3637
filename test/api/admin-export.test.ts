/** `/v1/export`: who gets what out. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { create, makeWorld, type World } from '../support/world.ts'

interface Line {
  type: string
  id: string
  userId?: string
  tenantId?: string
  defaultTenantId?: string
  passwordHash?: string
  clientSecret?: string
}

interface Page {
  lines: Line[]
  nextCursor: string | null
}

let app: App
let world: World
let other: World
before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  other = await makeWorld(app)
})

async function exported(query: string, key?: string): Promise<Line[]> {
  const lines: Line[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `/v1/export?${query}${cursor && `&cursor=${cursor}`}`
    const headers = key ? { 'x-api-key': key } : undefined
    const answer: Answer<Page> = key ? await app.get<Page>(path, headers) : await app.admin.get<Page>(path)
    assert.equal(answer.status, 200, answer.text)
    lines.push(...answer.body.lines)
    cursor = answer.body.nextCursor
  }
  return lines
}

const keyOf = async (permissions: number, tenantId: string | null) =>
  (await create<{ key: string }>(app, '/v1/api-keys', { name: 'k', permissions, tenantId })).key
const typesOf = (lines: Line[]) => lines.map(({ type }) => type)

describe('an export', () => {
  test('of one tenant has what is its own, in the order in which it is taken in, and no secrets', async () => {
    const lines = await exported(`tenantId=${world.tenant.id}`)
    assert.deepEqual(typesOf(lines), ['tenant', 'role', 'client', 'user', 'membership'])
    const text = JSON.stringify(lines)
    assert.ok(!text.includes(world.client.clientSecret) && !text.includes('$argon2id$'))
    assert.ok(!text.includes(other.tenant.id))
  })

  test('comes in pages of any size', async () => {
    const one = await exported(`tenantId=${world.tenant.id}&limit=1`)
    assert.deepEqual(one, await exported(`tenantId=${world.tenant.id}`))
    const everything = await exported('limit=77')
    assert.equal(new Set(everything.map(({ id }) => id)).size, everything.length)
    assert.deepEqual(everything, await exported(''))
  })

  test('has secrets for an operator who may do everything, and each page of them is in the audit', async () => {
    const lines = await exported(`tenantId=${world.tenant.id}&secrets=true`)
    assert.match(String(lines.find(({ type }) => type === 'user')?.passwordHash), /^\$argon2id\$/)
    assert.equal(lines.find(({ type }) => type === 'client')?.clientSecret, world.client.clientSecret)
    const { body } = await app.admin.get<{ items: object[] }>(
      `/v1/audit?targetId=${world.tenant.id}&action=export.secrets`,
    )
    assert.ok(body.items.length > 0)
    refused(await app.get('/v1/export?secrets=true', { 'x-api-key': await keyOf(7, null) }), 403)
    refused(await app.get('/v1/export?secrets=true', { 'x-api-key': await keyOf(15, world.tenant.id) }), 403)
  })

  test("with a tenant's key is of that tenant, whatever is asked", async () => {
    const key = await keyOf(1, world.tenant.id)
    assert.deepEqual(await exported('', key), await exported(`tenantId=${world.tenant.id}`))
    refusedFields(await app.get(`/v1/export?tenantId=${other.tenant.id}`, { 'x-api-key': key }), 'tenantId')
  })

  test('of a tenant calls it the home of those who have another, and says nothing of the others', async () => {
    await create(app, `/v1/users/${other.user.id}/memberships`, { tenantId: world.tenant.id, roleId: world.role.id })
    const lines = await exported(`tenantId=${world.tenant.id}`)
    assert.equal(lines.find(({ id }) => id === other.user.id)?.defaultTenantId, world.tenant.id)
    assert.ok(!JSON.stringify(lines).includes(other.tenant.id))
  })

  test('refuses what it does not know', async () => {
    refusedFields(await app.admin.get('/v1/export?tenantId=nowhere'), 'tenantId')
    for (const query of ['secrets=yes', 'limit=0', 'limit=201', 'cursor=x', `cursor=${btoa('spaceship:')}`, 'all=1'])
      refused(await app.admin.get(`/v1/export?${query}`), 400)
  })
})
