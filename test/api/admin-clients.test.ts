/** Clients and their secrets. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { bearer, create, credentialsOf, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

interface Client {
  id: string
  clientId: string
  clientSecret: string
  [member: string]: unknown
}

const clientPath = ({ client }: World = world) => `/v1/clients/${client.id}`
const logIn = (client_secret: string) => app.post('/auth/login', { ...credentialsOf(world), client_secret })

describe('a client', () => {
  test('needs a name; the rest is made or has defaults', async () => {
    const { status, body, headers } = await app.admin.post<Client>('/v1/clients', { name: 'Web' })
    assert.equal(status, 201)
    assert.equal(headers.get('location'), `/v1/clients/${body.id}`)
    const { id, createdAt, updatedAt, clientId, clientSecret, ...rest } = body
    assert.match(clientId, /^[\w-]{22}$/)
    assert.match(clientSecret, /^[\w-]{43}$/)
    assert.deepEqual(rest, {
      name: 'Web',
      type: 'confidential',
      status: 'active',
      defaultTenantId: null,
      redirectUrl: null,
      redirectUris: [],
      origins: [],
      accessTokenExpiration: 900,
      refreshTokenExpiration: 86_400,
      authCodeExpiration: 180,
      signatureVersions: [1, 2],
    })
    assert.deepEqual((await app.admin.get(`/v1/clients/${id}`)).body, { id, createdAt, updatedAt, clientId, ...rest })
  })

  test('may bring its id and secret along, and has the id for itself', async () => {
    const clientId = `moved-${process.pid}`
    const moved = { name: 'Moved', clientId, clientSecret: 'sixteen-letters!' }
    const client = await create<Client>(app, '/v1/clients', moved)
    assert.deepEqual([client.clientId, client.clientSecret], [clientId, 'sixteen-letters!'])
    refused(await app.admin.post('/v1/clients', moved), 409)
    refusedFields(await app.admin.post('/v1/clients', { ...moved, clientSecret: 'fifteen-letters' }), 'clientSecret')
    refusedFields(await app.admin.patch(`/v1/clients/${client.id}`, { clientId: 'other' }), 'clientId')
  })

  test('refuses what cannot be, and says of each field why', async () => {
    const bad = {
      type: 'secret',
      redirectUrl: 'http://app.example',
      redirectUris: ['https://app.example/#fragment'],
      origins: ['https://app.example/', 'https://app.example/path', 'null'],
      accessTokenExpiration: 0,
      refreshTokenExpiration: 31_536_001,
      authCodeExpiration: 1.5,
      signatureVersions: [3],
      defaultTenantId: 7,
    }
    refusedFields(
      await app.admin.patch(clientPath(), bad),
      ...['type', 'redirectUrl', 'redirectUris.0', 'origins.0', 'origins.1', 'origins.2', 'accessTokenExpiration'],
      ...['refreshTokenExpiration', 'authCodeExpiration', 'signatureVersions.0', 'defaultTenantId'],
    )
    refusedFields(await app.admin.patch(clientPath(), { defaultTenantId: 'nothing' }), 'defaultTenantId')
    const onThisMachine = await app.admin.patch(clientPath(), { redirectUrl: 'http://localhost:3000/done' })
    assert.equal(onThisMachine.status, 200)
  })

  test('lets in the origins that it lists, and no longer those that it does not', async () => {
    const [first, second, third] = ['https://a.example', 'https://b.example', 'http://localhost:3000']
    const isLetIn = async (origin: string) =>
      (await app.get('/health', { origin })).headers.get('access-control-allow-origin') === origin
    assert.equal(await isLetIn(first), false)
    const { body } = await app.admin.patch(clientPath(), { origins: [first, second] })
    assert.deepEqual(body['origins'], [first, second])
    assert.deepEqual([await isLetIn(first), await isLetIn(second)], [true, true])
    const changed = await app.admin.patch<Client>(clientPath(), { origins: [third, second] })
    assert.deepEqual(new Set(changed.body['origins'] as string[]), new Set([third, second]))
    assert.deepEqual([await isLetIn(first), await isLetIn(third)], [false, true])
    assert.deepEqual((await app.admin.patch(clientPath(), { name: 'Site' })).body['origins'], changed.body['origins'])
  })

  test('that is disabled or removed ends its sessions', async () => {
    const disabled = await makeWorld(app)
    const removed = await makeWorld(app)
    const tokens = [await getTokens(app, disabled), await getTokens(app, removed)]
    assert.equal((await app.admin.patch(clientPath(disabled), { status: 'disabled' })).status, 200)
    for (const _ of ['once', 'again']) assert.equal((await app.admin.delete(clientPath(removed))).status, 204)
    for (const pair of tokens) assert.equal((await app.get('/auth/me', bearer(pair))).status, 401)
    refused(await app.admin.get(clientPath(removed)), 404)
  })
})

describe('a new secret', () => {
  test('works at once, beside the old one until the overlap ends', async () => {
    const before = world.client.clientSecret
    const { status, body } = await app.admin.post<Client>(`${clientPath()}/secret`, { overlapSeconds: 60 })
    assert.equal(status, 200)
    assert.notEqual(body.clientSecret, before)
    assert.equal((await logIn(before)).status, 200)
    assert.equal((await logIn(body.clientSecret)).status, 200)
    await app.wait(61)
    assert.equal((await logIn(before)).status, 401)
    assert.equal((await logIn(body.clientSecret)).status, 200)
    world.client.clientSecret = body.clientSecret
  })

  test('without an overlap ends the old one at once', async () => {
    const before = world.client.clientSecret
    const { body } = await app.admin.post<Client>(`${clientPath()}/secret`, { overlapSeconds: 0 })
    assert.equal((await logIn(before)).status, 401)
    assert.equal((await logIn(body.clientSecret)).status, 200)
    refusedFields(await app.admin.post(`${clientPath()}/secret`, { overlapSeconds: 604_801 }), 'overlapSeconds')
    refused(await app.admin.post('/v1/clients/nothing/secret', {}), 404)
  })

  test('is shown in that answer only', async () => {
    const { body } = await app.admin.get<Client>(clientPath())
    assert.ok(!Object.keys(body).some((member) => /secret/i.test(member)))
    const { text } = await app.admin.get(`/v1/clients?clientId=${world.client.clientId}`)
    assert.doesNotMatch(text, /secret/i)
  })
})
