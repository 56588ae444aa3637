/** To the key of one tenant, what belongs to another is exactly as good as what was never there. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { listRoutes, type Route } from '../support/routes.ts'
import { create, makeWorld, type World } from '../support/world.ts'

const routes = (await listRoutes()).filter(({ path, doors }) => doors[0] === 'apiKey' && path.includes('/:'))

/** What the routes need to be sent at all. */
const BODIES: Record<string, object> = {
  'POST /v1/tenants/:tenantId/units': { name: 'mine' },
  'POST /v1/users/:id/password': { password: 'another good one 1' },
  'POST /v1/users/:id/second-factor': { required: true },
  'POST /v1/users/:userId/memberships': { tenantId: 'mine', roleId: 'mine' },
}

/** By the segment before it, what an id in a path is the id of. */
type Ids = Record<string, string>

let app: App
let key: Record<string, string>
/** All of another tenant. */
let foreign: Ids

before(async () => {
  app = await startApp()
  const own = await makeWorld(app)
  key = { 'x-api-key': (await makeKey(own)).key }
  const other = await makeWorld(app)
  const { id: unit } = await create<{ id: string }>(app, `/v1/tenants/${other.tenant.id}/units`, { name: 'news' })
  const connection = {
    tenantId: other.tenant.id,
    kind: 'google',
    name: 'Google',
    clientId: 'c',
    clientSecret: 's'.repeat(16),
  }
  foreign = {
    tenants: other.tenant.id,
    units: unit,
    roles: other.role.id,
    clients: other.client.id,
    users: other.user.id,
    memberships: other.membership.id,
    'api-keys': (await makeKey(other)).id,
    connections: (await create<{ id: string }>(app, '/v1/connections', connection)).id,
  }
})

describe("another tenant's", () => {
  for (const route of routes)
    test(`${route.name} answers as for what is not there`, async () => {
      const before = await everything()
      const theirs = await ask(route, foreign)
      const nobodys = await ask(route, Object.fromEntries(Object.keys(foreign).map((name) => [name, missing(name)])))
      assert.deepEqual(theirs, nobodys)
      assert.ok([403, 404].includes(theirs.status) || route.method === 'DELETE', `it answers ${theirs.status}`)
      assert.deepEqual(await everything(), before)
    })
})

/** Status and body, without the name of the request. */
async function ask({ name, method, path }: Route, ids: Ids) {
  const filled = path.replace(/\/([\w-]+)\/:\w+/g, (_, segment) => {
    assert.ok(segment in ids, `no ${segment} of another tenant is made here`)
    return `/${segment}/${ids[segment]}`
  })
  const body = method === 'GET' || method === 'DELETE' ? undefined : (BODIES[name] ?? {})
  const { status, body: answered } = await app.request<Record<string, unknown>>(method, filled, { headers: key, body })
  return { status, body: { ...answered, instance: undefined } }
}

/** What an operator sees of the other tenant. */
async function everything() {
  const { tenants = '', users = '', ...rest } = foreign
  const paths = Object.entries(rest).map(([name, id]) => {
    const prefix = { units: `tenants/${tenants}/`, memberships: `users/${users}/` }[name] ?? ''
    return `/v1/${prefix}${name}/${id}`
  })
  const answers = await Promise.all(
    [`/v1/tenants/${tenants}`, `/v1/users/${users}`, ...paths].map((path) => app.admin.get(path)),
  )
  assert.ok(answers.every(({ status }) => status === 200))
  return answers.map(({ body }) => body)
}

const missing = (name: string) => (name === 'api-keys' ? '999999999' : crypto.randomUUID())

const makeKey = ({ tenant }: World) =>
  create<{ id: string; key: string }>(app, '/v1/api-keys', { name: 'leak', permissions: 15, tenantId: tenant.id })
