import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { hashSync } from 'bcryptjs'
import { type App, freshAddress, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { invalidWith, missing, refusedByStrategy, refusedWith } from '../support/auth-errors.ts'
import { bearer, credentialsOf, getTokens, makeWorld, refresh, type Tokens, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const NEW = 'a new and better one'

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

  test('to the same is refused for that, also where it would not be good enough today', async () => {
    const own = await makeWorld(app, { user: { passwordHash: hashSync('temp', 4) } })
    own.user.password = 'temp'
    const tokens = await getTokens(app, own)
    const same = 'Password cannot be same as previous password!'
    refusedWith(await change(own, tokens, { password: 'temp' }), 401, same)
    refusedWith(await change(own, tokens, { password: 'temp1' }), 422, 'Password must have at least 8 characters')
  })

  test('counts wrong old passwords as attempts', async () => {
    const own = await makeWorld(app)
    const tokens = await getTokens(app, own)
    for (let n = 0; n < 10; n++) assert.equal((await change(own, tokens, { oldPassword: `guess ${n}` })).status, 401)
    refusedWith(await change(own, tokens), 429, 'Too Many Attempts')
    assert.equal((await app.post('/auth/login', credentialsOf(own))).status, 429)
  })

  test('counts no right old password, whatever is wrong with the new one', async () => {
    const own = await makeWorld(app)
    const tokens = await getTokens(app, own)
    const from = freshAddress()
    const changeFrom = (oldPassword: string, password: string) => {
      const { username } = own.user
      const headers = { authorization: `Bearer ${tokens.accessToken}` }
      const body = { refreshToken: tokens.refreshToken, username, oldPassword, password }
      return app.request('PATCH', '/auth/change-password', { body, headers, from })
    }
    for (let n = 0; n < 11; n++) {
      assert.equal((await changeFrom(own.user.password, 'short')).status, 422)
      assert.equal((await changeFrom(own.user.password, own.user.password)).status, 401)
    }
    const [ofAddress] = await app.rows('select count from throttles where key = ?1', `login:address:${from}`)
    assert.equal(ofAddress?.['count'], 0)
    for (let n = 0; n < 10; n++) assert.equal((await changeFrom(`guess ${n}`, 'short')).status, 401)
    refusedWith(await changeFrom(own.user.password, 'short'), 429, 'Too Many Attempts')
  })

  test('counts no attempt where a password is missing', async () => {
    const own = await makeWorld(app)
    const tokens = await getTokens(app, own)
    for (let n = 0; n < 11; n++)
      for (const name of ['oldPassword', 'password'])
        invalidWith(await change(own, tokens, { [name]: undefined }), [missing(name)])
    assert.equal((await change(own, tokens)).status, 200)
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
    for (let n = 0; n < 11; n++) refusedWith(await change(own, tokens), 400, key)
    refusedWith(await change(own, tokens, { oldPassword: undefined }), 401, key)
  })
})
