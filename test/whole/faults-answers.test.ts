/** The store did what it was asked, and its answer was lost. Whoever asks again is not stuck, and nothing happens twice. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { type Answer, type App, LIBSQL_ONLY } from '../support/app.ts'
import { manager } from '../support/devices.ts'
import { type Failure, type Faulty, startFaulty } from '../support/faults.ts'
import { makeDevice } from '../support/native-device.ts'
import { bearer, credentialsOf, getCode, getTokens, logOut, makeWorld, refresh, type Tokens } from '../support/world.ts'

describe('when the answer of the store is lost', LIBSQL_ONLY, () => {
  let faulty: Faulty
  let app: App
  before(async () => {
    faulty = await startFaulty()
    app = faulty.app
  })

  /** Asks, loses the store as told, and has it back. */
  async function lose(how: Failure, afterTrips: number, ask: () => Promise<Answer<unknown>>): Promise<void> {
    faulty.store.fail(how, afterTrips)
    const { status, headers, text } = await ask().finally(faulty.store.recover)
    assert.equal(status, 503, text)
    assert.equal(headers.get('retry-after'), '5')
  }
  const count = async (sql: string, value: string) => Number((await app.rows(sql, value))[0]?.['n'])
  const activityOf = (userId: string, type: string) =>
    count(`select count(*) n from login_activity where login_type = '${type}' and actor = ?`, userId)

  test('a login is repeated', async () => {
    const world = await makeWorld(app)
    const logIn = () => app.post('/auth/login', credentialsOf(world))
    for (const trip of [0, 1]) await lose('after', trip, logIn)
    assert.equal((await logIn()).status, 200)
  })

  test('a code that was exchanged is spent, what it opened ends, and the next login works', async () => {
    const world = await makeWorld(app)
    const code = await getCode(app, world)
    const exchange = () => app.post('/auth/token', { code, clientId: world.client.clientId })
    await lose('before', 0, exchange)
    await lose('during', 0, exchange)
    assert.equal(await activityOf(world.user.id, 'ACCESS'), 0)
    await lose('after', 0, exchange)
    assert.equal((await exchange()).status, 401)
    assert.equal(await activityOf(world.user.id, 'ACCESS'), 1)
    assert.equal(
      await count('select count(*) n from sessions where ended_at is null and user_id = ?', world.user.id),
      0,
    )
    assert.ok((await getTokens(app, world)).accessToken)
  })

  test('a refresh gets the successor that was made, once', async () => {
    const world = await makeWorld(app)
    const tokens = await getTokens(app, world)
    for (const how of ['before', 'during', 'after'] as const) await lose(how, 0, () => refresh(app, tokens))
    const next = await refresh(app, tokens)
    assert.equal(next.status, 200)
    assert.equal(await activityOf(world.user.id, 'RELOGIN'), 1)
    assert.equal((await refresh(app, next.body)).status, 200)
  })

  test('a logout has happened', async () => {
    const world = await makeWorld(app)
    const tokens: Tokens = await getTokens(app, world)
    await lose('after', 0, () => logOut(app, tokens))
    assert.equal((await refresh(app, tokens)).status, 401)
    assert.equal(await activityOf(world.user.id, 'LOGOUT'), 1)
  })

  test('an account that was made by a sign-up is there once, and its owner can log in', async () => {
    const { tenant, client } = await makeWorld(app, { tenant: { signUp: { mode: 'open' } } })
    const email = `eve.${randomBytes(6).toString('hex')}@example.com`
    await app.post('/auth/sign-up/create-token', { email, data: { tenant: tenant.key } })
    const [letter] = await app.outbox(email)
    const token = new URL(letter?.links[0] ?? 'x:').searchParams.get('token')
    const person = { email, password: 'a fine long password' }
    const complete = () => app.post('/auth/sign-up/create-user', person, { authorization: `Bearer ${token}` })
    const accounts = () => count('select count(*) n from users where email_key = ?', email)
    for (let trip = 0; (await accounts()) === 0; trip++) {
      await lose('during', trip, complete)
      assert.equal(await accounts(), 0)
      await lose('after', trip, complete)
    }
    assert.equal((await complete()).status, 401)
    assert.equal(await accounts(), 1)
    const login = { client_id: client.clientId, client_secret: client.clientSecret, username: email }
    assert.equal((await app.post('/auth/login', { ...login, password: person.password })).status, 200)
  })

  test('a resource is there once, with its row in the audit', async () => {
    const tag = randomBytes(4).toString('hex')
    const { tenant } = await makeWorld(app)
    const resources: [path: string, body: object, lookUp: string][] = [
      ['/v1/tenants', { key: `lost-${tag}`, name: 'Lost' }, `/v1/tenants?key=lost-${tag}`],
      ['/v1/users', { username: `lost-${tag}` }, `/v1/users?username=lost-${tag}`],
      ['/v1/clients', { clientId: `lost-${tag}`, name: 'L', type: 'public' }, `/v1/clients?clientId=lost-${tag}`],
      [`/v1/tenants/${tenant.id}/units`, { name: 'lost' }, `/v1/tenants/${tenant.id}/units?name=lost`],
    ]
    for (const [path, body, lookUp] of resources) {
      const create = () => app.admin.post(path, body)
      const found = async () => (await app.admin.get<{ items: { id: string }[] }>(lookUp)).body.items
      for (let trip = 0; (await found()).length === 0; trip++) {
        for (const how of ['before', 'during'] as const) await lose(how, trip, create)
        assert.deepEqual(await found(), [], path)
        await lose('after', trip, create)
      }
      assert.equal((await create()).status, 409)
      const items = await found()
      assert.equal(items.length, 1, path)
      assert.equal(await count('select count(*) n from audit where target_id = ?', items[0]?.id ?? ''), 1, path)
    }
  })

  test('a device is registered once; one that does not know it is reported lost, and registers anew', async () => {
    const { client } = await makeWorld(app)
    const application = manager(app, client)
    await application.add(['ada'])
    const device = await makeDevice(app)
    const link = await application.link('ada')
    await lose('after', 0, () => device.register(link))
    assert.equal((await device.register(link)).status, 410)
    assert.equal((await application.hasDevice('ada')).body['device_registered'], true)
    const other = await makeDevice(app)
    assert.equal((await other.register(await application.lost('ada'))).status, 201)
    assert.equal((await other.logIn(client.clientId)).status, 200)
  })

  test('who is logged in stays so, for as long as an access token lives', async () => {
    const tokens = await getTokens(app, await makeWorld(app))
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
    faulty.store.fail('before')
    await app.wait(30)
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
    faulty.store.recover()
  })
})
