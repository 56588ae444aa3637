import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Lies, makePasskey } from '../support/passkey.ts'
import { challenge, enrol, isRefused, logIn, options, signedIn } from '../support/passkey-owner.ts'
import { bearer, type Tokens } from '../support/world.ts'

let app: App
before(async () => {
  app = await startApp()
})

describe('a passkey that a person enrolled', () => {
  test('logs them in without a username, for a code like any other', async () => {
    const { world, tokens } = await signedIn(app)
    const passkey = await enrol(app, tokens)
    const { status, body } = await logIn(app, world, passkey)
    assert.equal(status, 200)
    const { body: pair } = await app.post<Tokens>('/auth/token', { code: body.code, clientId: world.client.clientId })
    const me = await app.get<{ id: string }>('/auth/me', bearer(pair))
    assert.equal(me.body.id, world.user.id)
    const [row] = await app.rows('select max(id), method from login_activity where actor = ?1', world.user.id)
    assert.equal(row?.['method'], 'passkey')
  })

  test('stands for both factors', async () => {
    const { world, tokens } = await signedIn(app)
    const passkey = await enrol(app, tokens)
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { secondFactor: 'required' })
    const { body } = await logIn(app, world, passkey)
    const { status } = await app.post('/auth/token', { code: body.code, clientId: world.client.clientId })
    assert.equal(status, 200)
  })

  test('is listed and removed by its owner only', async () => {
    const { world, tokens } = await signedIn(app)
    const { tokens: others } = await signedIn(app)
    const passkey = await enrol(app, tokens, 'Key ring')
    await logIn(app, world, passkey)
    const { body } = await app.get<Record<string, unknown>[]>('/auth/passkeys', bearer(tokens))
    assert.deepEqual(
      body.map(({ id, name, synced }) => ({ id, name, synced })),
      [{ id: passkey.id, name: 'Key ring', synced: false }],
    )
    assert.ok(body[0]?.['lastUsedAt'])
    assert.deepEqual(
      (await options(app, tokens)).excludeCredentials.map(({ id }) => id),
      [passkey.id],
    )
    assert.deepEqual((await app.get('/auth/passkeys', bearer(others))).body, [])
    assert.equal((await app.delete(`/auth/passkeys/${passkey.id}`, bearer(others))).status, 204)
    assert.equal((await logIn(app, world, passkey)).status, 200)
    assert.equal((await app.delete(`/auth/passkeys/${passkey.id}`, bearer(tokens))).status, 204)
    isRefused(await logIn(app, world, passkey))
  })

  test('stays while it is the last way in', async () => {
    const { world, tokens } = await signedIn(app)
    const [first, second] = [await enrol(app, tokens), await enrol(app, tokens)]
    await app.rows('delete from passwords where user_id = ?1', world.user.id)
    const removals = [first, second].map(({ id }) => app.delete(`/auth/passkeys/${id}`, bearer(tokens)))
    const statuses = (await Promise.all(removals)).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), [204, 409])
    assert.equal((await app.get<unknown[]>('/auth/passkeys', bearer(tokens))).body.length, 1)
  })

  test('is refused where the tenant allows no passkeys, and when its owner is blocked', async () => {
    const { world, tokens } = await signedIn(app)
    const passkey = await enrol(app, tokens)
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { loginMethods: ['password'] })
    isRefused(await logIn(app, world, passkey), 'Login Denied')
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { loginMethods: ['passkey'] })
    await app.admin.patch(`/v1/users/${world.user.id}`, { status: 'blocked' })
    assert.equal((await logIn(app, world, passkey)).status, 401)
  })
})

describe('enrolling', () => {
  test('refuses an answer to another question, from elsewhere, unverified, or given twice', async () => {
    const { tokens } = await signedIn(app)
    const { tokens: others } = await signedIn(app)
    const given = await options(app, tokens)
    const attempt = async (lies: Lies, asked = given) => {
      const response = (await makePasskey()).create(asked, lies)
      return (await app.post('/auth/passkeys', { name: 'x', response }, bearer(tokens))).status
    }
    const lies: Lies[] = [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { flags: 0x41 },
      { flags: 0x44 },
      { type: 'webauthn.get' },
      { challenge: 'AAAA' },
      { challenge: (await challenge(app)).challenge },
    ]
    for (const lie of lies) assert.equal(await attempt(lie), 422, JSON.stringify(lie))
    assert.equal(await attempt({}, await options(app, others)), 422)
    assert.equal(await attempt({}), 200)
    assert.equal(await attempt({}), 422)
  })

  test('one challenge answered 50 times at once makes one passkey', async () => {
    const { tokens } = await signedIn(app)
    const given = await options(app, tokens)
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = (await makePasskey()).create(given)
        return app.post('/auth/passkeys', { name: 'x', response }, bearer(tokens))
      }),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(49).fill(422)])
  })

  test('refuses a passkey that somebody has already', async () => {
    const { tokens } = await signedIn(app)
    const { tokens: others } = await signedIn(app)
    const passkey = await enrol(app, tokens)
    const response = passkey.create(await options(app, others))
    assert.equal((await app.post('/auth/passkeys', { name: 'x', response }, bearer(others))).status, 409)
  })
})
