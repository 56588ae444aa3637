/** A POST that is sent again after a lost answer makes nothing twice, where its caller gave it a key. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, type App, startApp } from '../support/app.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const newKey = () => `"${crypto.randomUUID()}"`
const fresh = () => `once ${crypto.randomUUID()}`

const RESOURCES = {
  clients: { table: 'clients', body: () => ({ name: fresh(), defaultTenantId: world.tenant.id }), hasSecret: true },
  'api-keys': {
    table: 'api_keys',
    body: () => ({ name: fresh(), tenantId: world.tenant.id, permissions: 1 }),
    hasSecret: true,
  },
  connections: {
    table: 'connections',
    body: () => ({
      name: fresh(),
      tenantId: world.tenant.id,
      kind: 'oidc',
      issuer: 'https://idp.example',
      clientId: 'us',
      clientSecret: 'hush',
    }),
    hasSecret: false,
  },
}

for (const [name, { table, body, hasSecret }] of Object.entries(RESOURCES))
  describe(`a POST to /v1/${name}`, () => {
    const post = (request: object, key?: string) =>
      app.admin.post<{ id: string; detail: string }>(
        `/v1/${name}`,
        request,
        key === undefined ? {} : { 'idempotency-key': key },
      )
    const rows = (request: { name: string }) => app.rows(`select id from ${table} where name = ?1`, request.name)

    /** The resource once more, or where it is. */
    function isRepeated({ status, headers, body: given, text }: Answer<{ id: string }>, id: string): void {
      assert.equal(status, hasSecret ? 409 : 201, text)
      assert.equal(headers.get('location'), `/v1/${name}/${id}`)
      if (hasSecret) assert.match(text, /urn:problem:idempotency_key_used.*Its secret was shown once/)
      else assert.equal(given.id, id)
    }

    test('with a key makes it once, and says the second time where it is', async () => {
      const [request, key] = [body(), newKey()]
      const first = await post(request, key)
      assert.equal(first.status, 201, first.text)
      isRepeated(await post(request, key), first.body.id)
      isRepeated(await post(request, key.replaceAll('"', '')), first.body.id)
      assert.equal((await rows(request)).length, 1)
      assert.equal((await app.admin.get(`/v1/${name}/${first.body.id}`)).status, 200)
      const audit = await app.rows('select id from audit where target_id = ?1', first.body.id)
      assert.equal(audit.length, 1)
    })

    test('with the key of another request is refused', async () => {
      const [request, key] = [body(), newKey()]
      await post(request, key)
      const other = body()
      const refused = await post(other, key)
      assert.equal(refused.status, 422, refused.text)
      assert.match(refused.text, /urn:problem:idempotency_key_reused/)
      assert.equal((await rows(other)).length, 0)
    })

    test('fifty at once with one key makes one', async () => {
      const [request, key] = [body(), newKey()]
      const answers = await Promise.all(Array.from({ length: 50 }, () => post(request, key)))
      const [made] = await rows(request)
      assert.equal((await rows(request)).length, 1)
      const wins = answers.filter(({ status }) => status === 201)
      if (hasSecret) assert.equal(wins.length, 1)
      for (const answer of answers) if (answer !== wins[0]) isRepeated(answer, String(made?.['id']))
    })

    test('without a key, or with another, makes as many as are asked for', async () => {
      const request = body()
      for (const key of [undefined, '', newKey(), newKey()]) assert.equal((await post(request, key)).status, 201)
      assert.equal((await rows(request)).length, 4)
    })

    test('with a key that is none is refused', async () => {
      for (const key of ['"', 'x'.repeat(256), 'with space'])
        assert.match((await post(body(), key)).text, /urn:problem:parameter_invalid/)
    })
  })

test('a key is that of its caller, and of what it makes', async () => {
  const request = { name: fresh(), tenantId: world.tenant.id, permissions: 15 }
  const { key: other } = await create<{ key: string }>(app, '/v1/api-keys', request)
  const key = newKey()
  const mine = { name: fresh(), defaultTenantId: world.tenant.id }
  assert.equal((await app.admin.post('/v1/clients', mine, { 'idempotency-key': key })).status, 201)
  assert.equal((await app.post('/v1/clients', mine, { 'idempotency-key': key, 'x-api-key': other })).status, 201)
  const apiKey = { ...request, name: fresh() }
  assert.equal((await app.admin.post('/v1/api-keys', apiKey, { 'idempotency-key': key })).status, 201)
})

test('what is refused may be mended under the same key', async () => {
  const key = { 'idempotency-key': newKey() }
  const request = { name: fresh(), defaultTenantId: 'nobody' }
  assert.equal((await app.admin.post('/v1/clients', request, key)).status, 400)
  assert.equal((await app.admin.post('/v1/clients', { ...request, defaultTenantId: null }, key)).status, 201)
})
