import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { bearer, credentialsOf, getTokens, makeWorld, refresh, type Tokens, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const NEW = 'a new and better one'
const clientOf = ({ client }: World) => ({ client_id: client.clientId, client_secret: client.clientSecret })

describe('changing a password', () => {
  function change(of: World, { accessToken, refreshToken }: Tokens, more: object = {}) {
    const { username, password: oldPassword } = of.user
    const request = { refreshToken, username, oldPassword, password: NEW, ...more }
    return app.patch('/auth/change-password', request, { authorization: `Bearer ${accessToken}` })
  }

  test('takes the old one, and ends every session of the person', async () => {
    const own = await makeWorld(app)
    const [tokens, others] = [await getTokens(app, own), await getTokens(app, own)]
    const { status, body } = await change(own, tokens)
    assert.equal(status, 200)
    assert.deepEqual(body, { success: true })
    for (const ended of [tokens, others]) {
      refusedByStrategy(await app.get('/auth/me', bearer(ended)), 'TokenRevoked')
      refusedWith(await refresh(app, ended), 401, 'Token Expired')
    }
    refusedByStrategy(await app.post('/auth/login', credentialsOf(own)), 'Invalid Credentials')
    assert.equal((await app.post('/auth/login', { ...credentialsOf(own), password: NEW })).status, 200)
    const [letter] = await app.outbox(own.user.email)
    assert.match(letter?.subject ?? '', /was changed/)
  })

  test('is refused for each reason in its own words', async () => {
    const tokens = await getTokens(app, world)
    const another = await getTokens(app, world)
    refusedWith(await change(world, tokens, { refreshToken: undefined }), 422, 'TokenMissing')
    refusedWith(await change(world, tokens, { refreshToken: 'nonsense' }), 401, 'Token Invalid')
    refusedWith(await change(world, tokens, { refreshToken: another.refreshToken }), 401, 'Token Invalid')
    refusedWith(await change(world, tokens, { username: 'somebody else' }), 403, 'NotAllowedAccess')
    invalidWith(await change(world, tokens, { oldPassword: undefined }), [missing('oldPassword')])
    invalidWith(await change(world, tokens, { password: undefined }), [missing('password')])
    refusedWith(await change(world, tokens, { oldPassword: 'not it' }), 401, 'Incorrect Password')
    const same = 'Password cannot be same as previous password!'
    refusedWith(await change(world, tokens, { password: world.user.password }), 401, same)
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
  })

  test('wants a password that is not easily guessed', async () => {
    const tokens = await getTokens(app, world)
    const refused = async (password: string, reason: string) =>
      refusedWith(await change(world, tokens, { password }), 422, `Password ${reason}`)
    await refused('short', 'must have at least 8 characters')
    await refused('x'.repeat(257), 'must have at most 256 bytes')
    await refused('password123', 'is among the most common passwords')
    await refused(world.user.username.toUpperCase(), 'must not be the username')
    await refused(world.user.email, 'must not be the mail address')
  })

  test('counts wrong old passwords as attempts', async () => {
    const own = await makeWorld(app)
    const tokens = await getTokens(app, own)
    for (let n = 0; n < 10; n++) assert.equal((await change(own, tokens, { oldPassword: `guess ${n}` })).status, 401)
    refusedWith(await change(own, tokens), 429, 'Too Many Attempts')
    assert.equal((await app.post('/auth/login', credentialsOf(own))).status, 429)
  })

  test('that must be changed needs no old one shortly after the login, and makes the person active', async () => {
    const own = await makeWorld(app, { membership: { status: 3 } })
    const tokens = await getTokens(app, own)
    assert.equal((await change(own, tokens, { oldPassword: undefined })).status, 200)
    const { body } = await app.post<Tokens>('/auth/login-token', { ...credentialsOf(own), password: NEW })
    assert.equal((await app.get('/auth/me', bearer(body))).body['status'], 1)
  })

  test('that must be changed needs the old one later', LIBSQL_ONLY, async () => {
    const own = await makeWorld(app, { membership: { status: 3 } })
    const tokens = await getTokens(app, own)
    await app.wait(11 * 60)
    invalidWith(await change(own, tokens, { oldPassword: undefined }), [missing('oldPassword')])
  })

  test('is not for those who log in elsewhere', async () => {
    const own = await makeWorld(app)
    const tokens = await getTokens(app, own)
    await app.admin.patch(`/v1/users/${own.user.id}`, { authProvider: 'google' })
    const key = 'PasswordCannotBeChangedForExternalUser'
    refusedWith(await change(own, tokens), 400, key)
    refusedWith(await change(own, tokens, { oldPassword: undefined }), 401, key)
  })
})

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

  test('cannot be guessed at: twenty wrong tokens from an address', async () => {
    const from = '203.0.113.20'
    const guess = () => app.request('GET', '/auth/verify-reset-password-link?token=guess', { from })
    const answers = await Promise.all(Array.from({ length: 30 }, guess))
    assert.equal(answers.filter(({ status }) => status === 401).length, 20)
    assert.equal(answers.filter(({ status }) => status === 429).length, 10)
  })

  test('of fifty uses of one link at once one wins', async () => {
    const own = await makeWorld(app)
    const token = await getToken(own)
    const uses = Array.from({ length: 50 }, (_, n) => reset(own, token, { password: `a new and better one ${n}` }))
    const statuses = (await Promise.all(uses)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 204).length, 1)
    assert.equal(statuses.filter((status) => status === 401).length, 49)
  })
})
