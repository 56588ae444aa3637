import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { codeAt, scan } from '../support/authenticator-app.ts'
import { getCode, makeWorld, type Tokens, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const clientOf = ({ client }: World) => ({ client_id: client.clientId, client_secret: client.clientSecret })
const send = (of: World, more: object = {}) =>
  app.post('/auth/send-otp', { ...clientOf(of), key: of.user.username, ...more })
const verify = (of: World, otp: string, more: object = {}) =>
  app.post<{ code: string; recoveryCodes?: string[] }>('/auth/verify-otp', { key: of.user.username, otp, ...more })
const exchange = (of: World, code: string) => app.post<Tokens>('/auth/token', { code, clientId: of.client.clientId })

async function sentCode(of: World, count = 1): Promise<string> {
  const [message] = await app.outbox(of.user.email, count)
  return message?.code ?? ''
}
const otherThan = (code: string) => (code === '111111' ? '222222' : '111111')

describe('a one-time code', () => {
  test('logs in without a password, once', async () => {
    const own = await makeWorld(app)
    const { status, text } = await send(own)
    assert.equal(status, 204)
    assert.equal(text, '')
    const otp = await sentCode(own)
    assert.match(otp, /^\d{6}$/)
    const { body } = await verify(own, otp)
    assert.equal((await exchange(own, body.code)).status, 200)
    refusedByStrategy(await verify(own, otp), 'Otp Token Incorrect or Expired')
  })

  test('of fifty uses at once one wins', async () => {
    const own = await makeWorld(app)
    await send(own)
    const otp = await sentCode(own)
    const uses = await Promise.all(Array.from({ length: 50 }, () => verify(own, otp)))
    assert.equal(uses.filter(({ status }) => status === 200).length, 1)
  })

  test('is replaced by the next one, and dies after five minutes', async () => {
    const own = await makeWorld(app)
    await send(own)
    const first = await sentCode(own)
    await send(own)
    const second = await sentCode(own, 2)
    if (first !== second) refusedByStrategy(await verify(own, first), 'Otp Invalid')
    await app.wait(301)
    refusedByStrategy(await verify(own, second), 'Otp Token Incorrect or Expired')
  })

  test('may be guessed at five times', async () => {
    const own = await makeWorld(app)
    await send(own)
    const otp = await sentCode(own)
    const guesses = await Promise.all(Array.from({ length: 100 }, () => verify(own, otherThan(otp))))
    assert.equal(guesses.filter(({ status }) => status === 401).length, 5)
    refusedWith(await verify(own, otp), 429, 'Too Many Attempts')
  })

  test('under a name that nobody has looks just the same', async () => {
    const nobody = { key: 'nobody at all' }
    assert.equal((await send(world, nobody)).status, 204)
    refusedByStrategy(await verify(world, '123456', nobody), 'Otp Invalid')
    const never = { key: 'never asked' }
    refusedByStrategy(await verify(world, '123456', never), 'Otp Token Incorrect or Expired')
  })

  test('is for clients that prove who they are', async () => {
    refusedByStrategy(await send(world, { client_secret: 'not the secret' }), 'Client Verification Failed')
    refusedWith(await send(world, { key: '' }), 401, 'Unauthorized')
    invalidWith(await app.post('/auth/send-otp', {}), ['client_id', 'client_secret', 'key'].map(missing))
    invalidWith(await app.post('/auth/verify-otp', {}), ['key', 'otp'].map(missing))
  })

  test('is not sent to somebody who is not active', async () => {
    const own = await makeWorld(app, { membership: { status: 2 } })
    assert.equal((await send(own)).status, 204)
    assert.deepEqual(await app.outbox(own.user.email, 0), [])
  })
})

describe('a required second factor', () => {
  const requiring = () => makeWorld(app, { tenant: { secondFactor: 'required' } })

  test('makes the code of a password wait for the one that is sent', async () => {
    const own = await requiring()
    const waiting = await getCode(app, own)
    refusedWith(await exchange(own, waiting), 401, 'User Verification Failed')
    const { body } = await verify(own, await sentCode(own))
    assert.equal((await exchange(own, body.code)).status, 200)
    assert.equal((await exchange(own, waiting)).status, 401)
  })

  test('is asked of one person, where the administrator says so', async () => {
    const own = await makeWorld(app)
    const { status } = await app.admin.post(`/v1/users/${own.user.id}/second-factor`, { required: true })
    assert.equal(status, 204)
    refusedWith(await exchange(own, await getCode(app, own)), 401, 'User Verification Failed')
  })

  test('closes the way to tokens by password alone', async () => {
    const own = await requiring()
    const { username, password } = own.user
    const answer = await app.post('/auth/login-token', { ...clientOf(own), username, password })
    refusedWith(answer, 401, 'User Verification Failed')
  })

  test('is not the one-time code that came first', async () => {
    const own = await requiring()
    await send(own)
    const { body } = await verify(own, await sentCode(own))
    refusedWith(await exchange(own, body.code), 401, 'User Verification Failed')
  })

  test('keeps the PKCE challenge of the login', async () => {
    const own = await requiring()
    await getCode(app, own, { codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' })
    const { body } = await verify(own, await sentCode(own))
    const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    const proved = { code: body.code, clientId: own.client.clientId, codeVerifier }
    assert.equal((await app.post('/auth/token', proved)).status, 200)
  })

  test('may be sent again while the login waits', async () => {
    const own = await requiring()
    await getCode(app, own)
    await sentCode(own)
    await send(own)
    const { body } = await verify(own, await sentCode(own, 2))
    assert.equal((await exchange(own, body.code)).status, 200)
  })
})

describe('an authenticator app', () => {
  const check = (of: World, code: string) => app.get('/auth/check-qr-code', { code, clientId: of.client.clientId })
  const create = (of: World, code: string, more: object = {}) =>
    app.post<{ qrCode: string }>('/auth/create-qr-code', { code, clientId: of.client.clientId, ...more })

  /** Somebody who has to use an app, with the app in hand. */
  async function enrolled() {
    const own = await makeWorld(app, { tenant: { secondFactor: 'required' } })
    const code = await getCode(app, own)
    const { body } = await create(own, code)
    const uri = scan(body.qrCode)
    const confirmed = await verify(own, codeAt(uri, app.now()))
    assert.equal(confirmed.status, 200, confirmed.text)
    return { own, uri, confirmed: confirmed.body }
  }

  test('is enrolled by its first code, which also completes the login and gives ten recovery codes', async () => {
    const own = await makeWorld(app, { tenant: { secondFactor: 'required', branding: { name: 'Acme: Mail' } } })
    const code = await getCode(app, own)
    assert.deepEqual((await check(own, code)).body, { isGenerated: false })
    const uri = scan((await create(own, code)).body.qrCode)
    assert.match(uri, /^otpauth:\/\/totp\/Acme%20%20Mail:Ada\./)
    assert.deepEqual((await check(own, code)).body, { isGenerated: false })
    const { body } = await verify(own, codeAt(uri, app.now()))
    assert.equal(body.recoveryCodes?.length, 10)
    assert.deepEqual((await check(own, body.code)).body, { isGenerated: true })
    assert.equal((await exchange(own, body.code)).status, 200)
  })

  test('shows each code for one use only', LIBSQL_ONLY, async () => {
    const { own, uri } = await enrolled()
    await app.wait(31)
    await getCode(app, own)
    const otp = codeAt(uri, app.now())
    const uses = await Promise.all(Array.from({ length: 4 }, () => verify(own, otp)))
    assert.equal(uses.filter(({ status }) => status === 200).length, 1)
    await getCode(app, own)
    refusedByStrategy(await verify(own, otp), 'Otp Token Incorrect or Expired')
  })

  test('may be one step behind or ahead, not two', LIBSQL_ONLY, async () => {
    const { own, uri } = await enrolled()
    await app.wait(120)
    const at = (seconds: number) => codeAt(uri, new Date(app.now().getTime() + seconds * 1000))
    await getCode(app, own)
    assert.equal((await verify(own, at(-60))).status, 401)
    assert.equal((await verify(own, at(60))).status, 401)
    assert.equal((await verify(own, at(-30))).status, 200)
    await getCode(app, own)
    assert.equal((await verify(own, at(30))).status, 200)
  })

  test('is asked instead of a code by mail', async () => {
    const { own } = await enrolled()
    const before = (await app.outbox(own.user.email, 0)).length
    await getCode(app, own)
    await send(own)
    assert.equal((await app.outbox(own.user.email, 0)).length, before)
  })

  test('is replaced only with a current code', LIBSQL_ONLY, async () => {
    const { own, uri } = await enrolled()
    await app.wait(31)
    const code = await getCode(app, own)
    refusedByStrategy(await create(own, code), 'Otp Invalid')
    refusedByStrategy(await create(own, code, { otp: '000000' }), 'Otp Invalid')
    const replaced = await create(own, code, { otp: codeAt(uri, app.now()) })
    assert.equal(replaced.status, 200, replaced.text)
    await app.wait(31)
    await getCode(app, own)
    assert.equal((await verify(own, codeAt(uri, app.now()))).status, 200, 'the old app works until the new one has')
  })

  test('cannot be put in the place of codes by mail by somebody who knows the password', async () => {
    const own = await makeWorld(app, { tenant: { secondFactor: 'required' } })
    await getCode(app, own)
    await verify(own, await sentCode(own))
    const code = await getCode(app, own)
    refusedWith(await create(own, code), 401, 'User Verification Failed')
  })

  test('lost, is replaced by recovery codes, each once', async () => {
    const { own, confirmed } = await enrolled()
    const [recoveryCode = ''] = confirmed.recoveryCodes ?? []
    await getCode(app, own)
    const { body, status } = await verify(own, recoveryCode.toLowerCase())
    assert.equal(status, 200)
    assert.equal((await exchange(own, body.code)).status, 200)
    await getCode(app, own)
    assert.equal((await verify(own, recoveryCode)).status, 401)
  })

  test('by itself, without a password, opens nothing', LIBSQL_ONLY, async () => {
    const { own, uri } = await enrolled()
    await app.admin.patch(`/v1/tenants/${own.tenant.id}`, { secondFactor: 'off' })
    await app.wait(31)
    const { body } = await verify(own, codeAt(uri, app.now()), { clientId: own.client.clientId })
    refusedWith(await exchange(own, body.code), 401, 'User Verification Failed')
  })

  test('wants a code that lives', async () => {
    const code = await getCode(app, world)
    const nobody = { client: { ...world.client, clientId: 'no such client' } }
    refusedWith(await check({ ...world, ...nobody }, code), 401, 'Client Invalid')
    refusedWith(await app.get('/auth/check-qr-code', { clientId: world.client.clientId }), 401, 'Token Invalid')
    refusedWith(await app.get('/auth/check-qr-code'), 401, 'Client Invalid')
    refusedWith(await create(world, 'nonsense'), 401, 'Invalid Credentials')
    await exchange(world, code)
    refusedWith(await create(world, code), 401, 'Code Expired')
  })
})
