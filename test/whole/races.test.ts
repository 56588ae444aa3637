/** What may happen once happens once, however many ask at the same moment. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, type App, startApp } from '../support/app.ts'
import {
  bearer,
  credentialsOf,
  getCode,
  getTokens,
  makeWorld,
  refresh,
  type Tokens,
  type World,
} from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const atOnce = <T>(times: number, work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, n) => work(n)))

/** How often each status was answered. */
function tally(answers: Pick<Answer, 'status'>[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

describe('of fifty at once', () => {
  test('one exchange of a code wins, and the session is ended all the same', async () => {
    const code = await getCode(app, world)
    const request = { code, clientId: world.client.clientId }
    const answers = await atOnce(50, () => app.post<Tokens & { error: { message: string } }>('/auth/token', request))
    assert.deepEqual(tally(answers), { 200: 1, 401: 49 })
    const losers = answers.filter(({ status }) => status === 401)
    assert.deepEqual([...new Set(losers.map(({ body }) => body.error.message))], ['Code Expired'])
    const won = answers.find(({ status }) => status === 200)?.body
    assert.ok(won)
    assert.equal((await app.get('/auth/me', bearer(won))).status, 401)
    assert.equal((await refresh(app, won)).status, 401)
  })

  test('all refreshes of one pair get one and the same successor, which works', async () => {
    const tokens = await getTokens(app, world)
    const answers = await atOnce(50, () => refresh(app, tokens))
    assert.deepEqual(tally(answers), { 200: 50 })
    assert.equal(new Set(answers.map(({ body }) => body.refreshToken)).size, 1)
    const [successor] = answers
    assert.ok(successor && successor.body.refreshToken !== tokens.refreshToken)
    assert.equal((await app.get('/auth/me', bearer(successor.body))).status, 200)
    assert.equal((await refresh(app, successor.body)).status, 200)
  })

  test('one logout ends the session, the others are told that it is over', async () => {
    const tokens = await getTokens(app, world)
    const answers = await atOnce(50, () => app.post('/logout', { refreshToken: tokens.refreshToken }, bearer(tokens)))
    assert.deepEqual(tally(answers), { 200: 1, 401: 49 })
  })

  const RESOURCES: Record<string, (world: World) => [path: string, body: object]> = {
    tenant: () => ['/v1/tenants', { key: `race-${Date.now()}`, name: 'Race' }],
    role: ({ tenant }) => ['/v1/roles', { tenantId: tenant.id, name: 'racer', permissions: [] }],
    unit: ({ tenant }) => [`/v1/tenants/${tenant.id}/units`, { name: 'racers' }],
    client: () => ['/v1/clients', { clientId: `race-${Date.now()}`, name: 'Race', type: 'confidential' }],
    user: () => ['/v1/users', { username: `racer-${Date.now()}` }],
  }
  for (const [name, make] of Object.entries(RESOURCES))
    test(`one creation of the same ${name} wins`, async () => {
      const [path, body] = make(world)
      assert.deepEqual(tally(await atOnce(50, () => app.admin.post(path, body))), { 201: 1, 409: 49 })
    })

  test('one membership of the same user in the same tenant is made', async () => {
    const { body: tenant } = await app.admin.post<{ id: string }>('/v1/tenants', { key: `m-${Date.now()}`, name: 'M' })
    const role = { tenantId: tenant.id, name: 'r', permissions: [] }
    const { body: made } = await app.admin.post<{ id: string }>('/v1/roles', role)
    const membership = { tenantId: tenant.id, roleId: made.id }
    const answers = await atOnce(50, () => app.admin.post(`/v1/users/${world.user.id}/memberships`, membership))
    assert.deepEqual(tally(answers), { 201: 1, 409: 49 })
  })
})

describe('of a hundred wrong passwords at once', () => {
  const wrong = (more: object) => ({ ...credentialsOf(world), password: 'wrong password 1', ...more })

  test('ten for one username are looked at, wherever they come from; the right one is then refused too', async () => {
    const answers = await atOnce(100, () => app.post('/auth/login', wrong({})))
    assert.deepEqual(tally(answers), { 401: 10, 429: 90 })
    assert.equal((await app.post('/auth/login', credentialsOf(world))).status, 429)
  })

  test('fifty from one address are looked at, whomever they are for', async () => {
    const guess = (n: number) =>
      app.request('POST', '/auth/login', { body: wrong({ username: `nobody ${n}` }), from: '203.0.113.7' })
    assert.deepEqual(tally(await atOnce(100, guess)), { 401: 50, 429: 50 })
  })
})
