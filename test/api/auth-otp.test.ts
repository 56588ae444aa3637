import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { listActivity } from '../support/activity.ts'
import { type App, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { oneTimeCodes } from '../support/one-time-codes.ts'
import { credentialsOf, getCode, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const { send, verify, exchange, sentCode } = oneTimeCodes(() => app)
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
    const { clientId } = world.client
    for (const more of [never, { ...never, clientId }, { clientId }])
      refusedByStrategy(await verify(world, '123456', more), 'Otp Token Incorrect or Expired')
  })

  test('is never empty, and neither is the name', async () => {
    refusedWith(await verify(world, '123456', { key: '' }), 401, 'Unauthorized')
    for (let n = 0; n < 6; n++) refusedByStrategy(await verify(world, ''), 'Client Invalid')
  })

  test('that was wrong is seen in the login activity', async () => {
    const own = await makeWorld(app)
    const tokens = await getTokens(app, own)
    await send(own)
    await verify(own, otherThan(await sentCode(own)))
    const { body } = await listActivity(app, tokens, { where: { loginType: 'FAILED' } })
    assert.deepEqual(
      body.map(({ actor, tenantId }) => [actor, tenantId]),
      [[own.user.id, own.tenant.id]],
    )
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
    const answer = await app.post('/auth/login-token', credentialsOf(own))
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

  test('is over once it was proved: a code that is sent later begins a login of its own', async () => {
    const own = await requiring()
    await getCode(app, own)
    await verify(own, await sentCode(own))
    await send(own)
    const { body } = await verify(own, await sentCode(own, 2))
    refusedWith(await exchange(own, body.code), 401, 'User Verification Failed')
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
