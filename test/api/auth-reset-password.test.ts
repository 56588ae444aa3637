import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { bearer, credentialsOf, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const NEW = 'a new and better one'
const clientOf = ({ client }: World) => ({ client_id: client.clientId, client_secret: client.clientSecret })

describe('a forgotten password', () => {
  const forget = (of: World, more: object = {}) =>
    app.post('/auth/forget-password', { ...clientOf(of), username: of.user.username, ...more })
  const verify = (token: string) => app.get(`/auth/verify-reset-password-link?token=${token}`)
  const reset = (of: World, token: string, more: object = {}) =>
    app.patch('/auth/reset-password', { ...clientOf(of), token, password: NEW, ...more })

  async function getToken(of: World): Promise<string> {
    const already = (await app.outbox(of.user.email, 0)).length
    assert.equal((await forget(of)).status, 204)
    const [letter] = await app.outbox(of.user.email, already + 1)
    return new URL(letter?.links[0] ?? '').searchParams.get('token') ?? ''
  }

  test('is replaced by the link, once; looking at the link does not spend it', async () => {
    const own = await makeWorld(app)
    const tokens = await getTokens(app, own)
    const token = await getToken(own)
    for (let look = 0; look < 3; look++) assert.deepEqual((await verify(token)).body, { success: true })
    const { status, text } = await reset(own, token)
    assert.equal(status, 204)
    assert.equal(text, '')
    refusedByStrategy(await app.get('/auth/me', bearer(tokens)), 'TokenRevoked')
    refusedWith(await reset(own, token), 401, 'TokenRevoked')
    refusedWith(await verify(token), 401, 'TokenRevoked')
    assert.equal((await app.post('/auth/login', { ...credentialsOf(own), password: NEW })).status, 200)
  })

  test('may be asked for by anybody, who learns nothing', async () => {
    for (const more of [{}, { username: 'nobody at all' }, { username: '' }]) {
      const { status, text } = await forget(world, more)
      assert.equal(status, 204)
      assert.equal(text, '')
    }
    refusedByStrategy(await forget(world, { client_secret: 'not the secret' }), 'Client Verification Failed')
    invalidWith(await app.post('/auth/forget-password', {}), ['username', 'client_id', 'client_secret'].map(missing))
  })

  test('of somebody who logs in elsewhere leads to a mail that says so, without a link', async () => {
    const own = await makeWorld(app, { user: { authProvider: 'google' } })
    assert.equal((await forget(own)).status, 204)
    const [letter] = await app.outbox(own.user.email)
    assert.match(letter?.text ?? '', /google/)
    assert.deepEqual(letter?.links, [])
  })

  test('has one link that works: the newest', async () => {
    const own = await makeWorld(app)
    const [older, newer] = [await getToken(own), await getToken(own)]
    refusedWith(await reset(own, older), 401, 'TokenRevoked')
    assert.equal((await reset(own, newer)).status, 204)
  })

  test('has a link for its own client, for half an hour', async () => {
    const [own, other] = [await makeWorld(app), await makeWorld(app)]
    const token = await getToken(own)
    refusedWith(await reset(other, token), 401, 'Client Invalid')
    await app.wait(1801)
    refusedWith(await reset(own, token), 401, 'Token Expired')
    refusedWith(await verify(token), 401, 'Token Expired')
  })

  test('is not spent by a password that is refused', async () => {
    const own = await makeWorld(app)
    const token = await getToken(own)
    refusedWith(await reset(own, token, { password: 'short' }), 422, 'Password must have at least 8 characters')
    const same = 'Password cannot be same as previous password!'
    refusedWith(await reset(own, token, { password: own.user.password }), 401, same)
    assert.equal((await reset(own, token)).status, 204)
  })

  test('wants a token', async () => {
    const { status, body } = await app.get('/auth/verify-reset-password-link')
    assert.equal(status, 400)
    assert.deepEqual(body, {
      error: {
        statusCode: 400,
        name: 'BadRequestError',
        message: 'Required parameter token is missing!',
        code: 'MISSING_REQUIRED_PARAMETER',
      },
    })
    refusedWith(await reset(world, ''), 422, 'TokenMissing')
    refusedWith(await reset(world, 'nonsense'), 401, 'Token Invalid')
    refusedWith(await verify('nonsense'), 401, 'Token Invalid')
  })

  test('is no guess, however often the new one is not good enough', async () => {
    const own = await makeWorld(app)
    const [token, from] = [await getToken(own), '203.0.113.21']
    const send = (password: string) =>
      app.request('PATCH', '/auth/reset-password', { body: { ...clientOf(own), token, password }, from })
    for (let n = 0; n < 21; n++) assert.equal((await send('short')).status, 422)
    assert.equal((await send(NEW)).status, 204)
  })

  test('cannot be guessed at: twenty wrong tokens from an address', async () => {
    const from = '203.0.113.20'
    const guess = () => app.request('GET', '/auth/verify-reset-password-link?token=guess', { from })
    const answers = await Promise.all(Array.from({ length: 30 }, guess))
    assert.equal(answers.filter(({ status }) => status === 401).length, 20)
    assert.equal(answers.filter(({ status }) => status === 429).length, 10)
    const path = `/auth/verify-reset-password-link?token=${await getToken(await makeWorld(app))}`
    assert.equal((await app.request('GET', path, { from })).status, 429)
  })

  test('of fifty uses of one link at once one wins', async () => {
    const own = await makeWorld(app)
    const token = await getToken(own)
    const use = (password: string) =>
      app.request('PATCH', '/auth/reset-password', {
        body: { ...clientOf(own), token, password },
        from: '203.0.113.22',
      })
    const uses = Array.from({ length: 50 }, (_, n) => use(`a new and better one ${n}`))
    const statuses = (await Promise.all(uses)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 204).length, 1)
    assert.equal(statuses.filter((status) => status === 401).length, 49)
  })
})
