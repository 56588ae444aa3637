import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Lies, makePasskey, type Passkey } from '../support/passkey.ts'
import { bearer, getTokens, makeWorld, type Tokens, type World } from '../support/world.ts'

let app: App
before(async () => {
  app = await startApp()
})

interface Options {
  challenge: string
  user: { id: string; name: string }
  rp: { id: string }
  excludeCredentials: { id: string }[]
}

async function signedIn(): Promise<{ world: World; tokens: Tokens }> {
  const world = await makeWorld(app)
  return { world, tokens: await getTokens(app, world) }
}

const options = async (tokens: Tokens) => (await app.post<Options>('/auth/passkeys/options', {}, bearer(tokens))).body

async function enrol(tokens: Tokens, name = 'Laptop'): Promise<Passkey> {
  const passkey = await makePasskey()
  const response = passkey.create(await options(tokens))
  const { status, body, text } = await app.post('/auth/passkeys', { name, response }, bearer(tokens))
  assert.equal(status, 200, text)
  assert.deepEqual(body, { id: passkey.id })
  return passkey
}

const challenge = async () => (await app.post<{ challenge: string }>('/auth/passkey-login/options', {})).body

async function logIn({ client }: World, passkey: Passkey, lies: Lies = {}) {
  const response = await passkey.get(await challenge(), lies)
  const { clientId: client_id, clientSecret: client_secret } = client
  return app.post<{ code: string }>('/auth/passkey-login', { client_id, client_secret, response })
}

function isRefused({ status, body }: { status: number; body: unknown }, message = 'Invalid Credentials') {
  assert.equal(status, 401)
  assert.deepEqual(body, { error: { statusCode: 401, name: 'UnauthorizedError', message: { message } } })
}

describe('a passkey that a person enrolled', () => {
  test('logs them in without a username, for a code like any other', async () => {
    const { world, tokens } = await signedIn()
    const passkey = await enrol(tokens)
    const { status, body } = await logIn(world, passkey)
    assert.equal(status, 200)
    const { body: pair } = await app.post<Tokens>('/auth/token', { code: body.code, clientId: world.client.clientId })
    const me = await app.get<{ id: string }>('/auth/me', bearer(pair))
    assert.equal(me.body.id, world.user.id)
    const [row] = await app.rows('select max(id), method from login_activity where actor = ?1', world.user.id)
    assert.equal(row?.['method'], 'passkey')
  })

  test('stands for both factors', async () => {
    const { world, tokens } = await signedIn()
    const passkey = await enrol(tokens)
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { secondFactor: 'required' })
    const { body } = await logIn(world, passkey)
    const { status } = await app.post('/auth/token', { code: body.code, clientId: world.client.clientId })
    assert.equal(status, 200)
  })

  test('is listed and removed by its owner only', async () => {
    const { world, tokens } = await signedIn()
    const { tokens: others } = await signedIn()
    const passkey = await enrol(tokens, 'Key ring')
    await logIn(world, passkey)
    const { body } = await app.get<Record<string, unknown>[]>('/auth/passkeys', bearer(tokens))
    assert.deepEqual(
      body.map(({ id, name, synced }) => ({ id, name, synced })),
      [{ id: passkey.id, name: 'Key ring', synced: false }],
    )
    assert.ok(body[0]?.['lastUsedAt'])
    assert.deepEqual(
      (await options(tokens)).excludeCredentials.map(({ id }) => id),
      [passkey.id],
    )
    assert.deepEqual((await app.get('/auth/passkeys', bearer(others))).body, [])
    assert.equal((await app.delete(`/auth/passkeys/${passkey.id}`, bearer(others))).status, 204)
    assert.equal((await logIn(world, passkey)).status, 200)
    assert.equal((await app.delete(`/auth/passkeys/${passkey.id}`, bearer(tokens))).status, 204)
    isRefused(await logIn(world, passkey))
  })

  test('stays while it is the last way in', async () => {
    const { world, tokens } = await signedIn()
    const [first, second] = [await enrol(tokens), await enrol(tokens)]
    await app.rows('delete from passwords where user_id = ?1', world.user.id)
    const removals = [first, second].map(({ id }) => app.delete(`/auth/passkeys/${id}`, bearer(tokens)))
    const statuses = (await Promise.all(removals)).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), [204, 409])
    assert.equal((await app.get<unknown[]>('/auth/passkeys', bearer(tokens))).body.length, 1)
  })

  test('is refused where the tenant allows no passkeys, and when its owner is blocked', async () => {
    const { world, tokens } = await signedIn()
    const passkey = await enrol(tokens)
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { loginMethods: ['password'] })
    isRefused(await logIn(world, passkey), 'Login Denied')
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { loginMethods: ['passkey'] })
    await app.admin.patch(`/v1/users/${world.user.id}`, { status: 'blocked' })
    assert.equal((await logIn(world, passkey)).status, 401)
  })
})

describe('enrolling', () => {
  test('refuses an answer to another question, from elsewhere, unverified, or given twice', async () => {
    const { tokens } = await signedIn()
    const { tokens: others } = await signedIn()
    const given = await options(tokens)
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
      { challenge: (await challenge()).challenge },
    ]
    for (const lie of lies) assert.equal(await attempt(lie), 422, JSON.stringify(lie))
    assert.equal(await attempt({}, await options(others)), 422)
    assert.equal(await attempt({}), 200)
    assert.equal(await attempt({}), 422)
  })

  test('one challenge answered 50 times at once makes one passkey', async () => {
    const { tokens } = await signedIn()
    const given = await options(tokens)
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = (await makePasskey()).create(given)
        return app.post('/auth/passkeys', { name: 'x', response }, bearer(tokens))
      }),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(49).fill(422)])
  })

  test('refuses a passkey that somebody has already', async () => {
    const { tokens } = await signedIn()
    const { tokens: others } = await signedIn()
    const passkey = await enrol(tokens)
    const response = passkey.create(await options(others))
    assert.equal((await app.post('/auth/passkeys', { name: 'x', response }, bearer(others))).status, 409)
  })
})

describe('logging in with a passkey', () => {
  test('refuses an assertion that is not for here and now, or not by this key', async () => {
    const { world, tokens } = await signedIn()
    const passkey = await enrol(tokens)
    const lies: Lies[] = [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { flags: 0x01 },
      { type: 'webauthn.create' },
      { challenge: 'AAAA' },
      { challenge: (await options(tokens)).challenge },
      { userHandle: Buffer.from('somebody else').toString('base64url') },
    ]
    for (const lie of lies) isRefused(await logIn(world, passkey, lie))
    isRefused(await logIn(world, await makePasskey()))
    const stranger = await makePasskey()
    const response = { ...(await stranger.get(await challenge())), id: passkey.id, rawId: passkey.id }
    const { clientId: client_id, clientSecret: client_secret } = world.client
    isRefused(await app.post('/auth/passkey-login', { client_id, client_secret, response }))
    const wrong = { client_id, client_secret: 'wrong', response: await passkey.get(await challenge()) }
    isRefused(await app.post('/auth/passkey-login', wrong), 'Client Verification Failed')
  })

  test('an assertion sent 50 times at once logs in once', async () => {
    const { world, tokens } = await signedIn()
    const passkey = await enrol(tokens)
    const { clientId: client_id, clientSecret: client_secret } = world.client
    const body = { client_id, client_secret, response: await passkey.get(await challenge()) }
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.post('/auth/passkey-login', body)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.equal(answers.filter(({ status }) => status === 401).length, 49)
  })

  test('finds a copied authenticator by its counter, and says so in the audit', async () => {
    const { world, tokens } = await signedIn()
    const passkey = await enrol(tokens)
    for (const counter of [5, 9]) assert.equal((await logIn(world, passkey, { counter })).status, 200)
    for (const counter of [9, 6, 0]) isRefused(await logIn(world, passkey, { counter }))
    assert.equal((await logIn(world, passkey, { counter: 10 })).status, 200)
    const { body } = await app.admin.get<{ items: { action: string }[] }>(`/v1/audit?targetId=${world.user.id}`)
    assert.equal(body.items.filter(({ action }) => action === 'passkey.copied').length, 3)
    const races = [11, 11, 11].map((counter) => logIn(world, passkey, { counter }))
    assert.deepEqual((await Promise.all(races)).map(({ status }) => status).sort(), [200, 401, 401])
  })

  test('knows authenticators that do not count', async () => {
    const { world, tokens } = await signedIn()
    const passkey = await enrol(tokens)
    for (let time = 0; time < 3; time++) assert.equal((await logIn(world, passkey, { counter: 0 })).status, 200)
  })
})
