import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { codeAt, scan } from '../support/authenticator-app.ts'
import { oneTimeCodes } from '../support/one-time-codes.ts'
import { getCode, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const { send, verify, exchange, sentCode } = oneTimeCodes(() => app)

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

  test('may be set up with a code by mail that came first, until a second factor was completed', async () => {
    const own = await makeWorld(app, { tenant: { secondFactor: 'required' } })
    await send(own)
    const { body } = await verify(own, await sentCode(own))
    assert.equal((await create(own, body.code)).status, 200)
    await getCode(app, own)
    assert.equal((await verify(own, await sentCode(own, 2))).status, 200)
    await send(own)
    const later = await verify(own, await sentCode(own, 3))
    refusedWith(await create(own, later.body.code), 401, 'User Verification Failed')
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

  test('lost with its recovery codes, is forgotten by the administrator', async () => {
    const { own, confirmed } = await enrolled()
    assert.equal((await app.admin.post(`/v1/users/${own.user.id}/second-factor/reset`)).status, 204)
    const code = await getCode(app, own)
    assert.deepEqual((await check(own, code)).body, { isGenerated: false })
    assert.equal((await verify(own, confirmed.recoveryCodes?.[0] ?? '')).status, 401)
    assert.equal((await create(own, code)).status, 200)
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
    refusedWith(await check(world, ''), 401, 'Token Invalid')
    for (const wrong of ['nonsense', '']) refusedWith(await create(world, wrong), 401, 'Invalid Credentials')
    await exchange(world, code)
    refusedWith(await create(world, code), 401, 'Code Expired')
  })
})
