import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { makeWorld, type Tokens, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { signUp: { mode: 'open', roleId: world.role.id } })
})

const PASSWORD = 'a fine long password'
const newAddress = (domain = 'example.com') => `Eve.${randomBytes(5).toString('hex')}@${domain}`
const ask = (email: string, of: World = world) =>
  app.post('/auth/sign-up/create-token', { email, data: { tenant: of.tenant.key } })
const withToken = (token: string) => ({ authorization: `Bearer ${token}` })
const complete = (token: string, email: string, more: object = {}) =>
  app.post<{ email: string; user: Record<string, unknown> }>(
    '/auth/sign-up/create-user',
    { email, password: PASSWORD, ...more },
    withToken(token),
  )

async function getToken(email: string, of: World = world): Promise<string> {
  const { status, text } = await ask(email, of)
  assert.equal(status, 204)
  assert.equal(text, '')
  const [letter] = await app.outbox(email)
  return new URL(letter?.links[0] ?? '').searchParams.get('token') ?? ''
}

describe('a sign-up', () => {
  test('ends with an account that can log in, in the tenant and with its role', async () => {
    const email = newAddress()
    const token = await getToken(email)
    assert.deepEqual((await app.get('/auth/sign-up/verify-token', withToken(token))).body, { email })
    const { status, body, text } = await complete(token, email, { firstName: 'Eve', colour: 'left alone' })
    assert.equal(status, 200, text)
    assert.equal(body.email, email)
    assert.equal(body.user['firstName'], 'Eve')
    assert.ok(!text.includes(PASSWORD))
    const { body: tokens } = await app.post<Tokens>('/auth/login-token', {
      client_id: world.client.clientId,
      client_secret: world.client.clientSecret,
      username: email,
      password: PASSWORD,
    })
    const { tenantId, role, status: active } = decodeJwt(tokens.accessToken)
    assert.deepEqual([tenantId, role, active], [world.tenant.id, 'editor', 1])
  })

  test('takes an empty field for one that was not filled in', async () => {
    const email = newAddress()
    const data = { tenant: '', client: world.client.clientId, locale: null, colour: { left: 'alone' } }
    assert.equal((await app.post('/auth/sign-up/create-token', { email, data })).status, 204)
    const [letter] = await app.outbox(email)
    const token = new URL(letter?.links[0] ?? '').searchParams.get('token') ?? ''
    const { status, body } = await complete(token, email, { firstName: 'Eve', lastName: '', phone: '', locale: null })
    assert.equal(status, 200)
    const { firstName, lastName, phone, locale } = body.user
    assert.deepEqual([firstName, lastName, phone, locale], ['Eve', null, null, null])
  })

  test('works once, for the address that it was sent to', async () => {
    const email = newAddress()
    const token = await getToken(email)
    refusedWith(await complete(token, newAddress()), 401, 'Token Invalid')
    refusedWith(await complete(token, email, { password: 'short' }), 422, 'Password must have at least 8 characters')
    const uses = await Promise.all(Array.from({ length: 50 }, () => complete(token, email)))
    const lost = uses.filter(({ status }) => status !== 200)
    assert.equal(lost.length, 49)
    for (const answer of [...lost, await complete(token, email)]) refusedByStrategy(answer, 'TokenExpired')
    refusedByStrategy(await app.get('/auth/sign-up/verify-token', withToken(token)), 'TokenExpired')
  })

  test('fails where the administrator was faster', async () => {
    const email = newAddress()
    const token = await getToken(email)
    await makeWorld(app, { user: { username: email } })
    assert.equal((await complete(token, email)).status, 409)
  })

  test('wants the token as a bearer, and no other token', async () => {
    refusedWith(
      await app.post('/auth/sign-up/create-user', { email: 'a@b.c', password: PASSWORD }),
      401,
      'Bearer realm="Users"',
    )
    refusedByStrategy(await complete('nonsense', 'a@b.c'), 'TokenExpired')
    invalidWith(await app.post('/auth/sign-up/create-user', {}, withToken('x')), ['email', 'password'].map(missing))
  })

  test('with the address of an account is answered alike, and gets another mail', async () => {
    assert.equal((await ask(world.user.email)).status, 204)
    const [letter] = await app.outbox(world.user.email)
    assert.match(letter?.subject ?? '', /already have an account/)
    assert.deepEqual(letter?.links, [])
  })

  test('is for tenants that take it, and for the domains they name', async () => {
    const closed = await makeWorld(app)
    refusedWith(await ask(newAddress(), closed), 403, 'NotAllowedAccess')
    const signUp = { mode: 'domains', emailDomains: ['acme.example'] }
    await app.admin.patch(`/v1/tenants/${closed.tenant.id}`, { signUp })
    refusedWith(await ask(newAddress('sub.acme.example'), closed), 403, 'NotAllowedAccess')
    const email = newAddress('acme.example')
    const { body } = await complete(await getToken(email, closed), email)
    assert.equal(body.user['defaultTenantId'], closed.tenant.id)
  })

  test('finds the tenant by a client, too', async () => {
    const email = newAddress()
    const data = { client: world.client.clientId }
    assert.equal((await app.post('/auth/sign-up/create-token', { email, data })).status, 204)
    assert.equal((await app.outbox(email)).length, 1)
  })

  test('speaks the language that was asked for', async () => {
    const email = newAddress()
    await app.post('/auth/sign-up/create-token', { email, data: { tenant: world.tenant.key, locale: 'de-AT' } })
    const [letter] = await app.outbox(email)
    assert.match(letter?.subject ?? '', /Konto/)
  })

  test('refuses what is no address', async () => {
    for (const email of ['nobody', 'a@b', 'a@b.c\r\nBcc: x@y.z', '', 7])
      assert.equal((await app.post('/auth/sign-up/create-token', { email, data: {} })).status, 422)
  })
})
