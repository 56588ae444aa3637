import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, startApp } from '../support/app.ts'
import { refusedWith } from '../support/auth-errors.ts'
import { type ConnectedWorld, logInThrough, makeConnectedWorld, tokensFor } from '../support/federation.ts'
import { type Idp, type StandIn, startIdp } from '../support/idp.ts'
import { type PlainIdp, startPlainIdp } from '../support/idp-plain.ts'
import { bearer, getTokens, makeWorld, refresh, type Tokens } from '../support/world.ts'

let app: App
let idp: Idp
let plain: PlainIdp

before(async () => {
  ;[app, idp, plain] = await Promise.all([startApp(), startIdp(), startPlainIdp()])
})
after(() => Promise.all([idp.stop(), plain.stop()]))

interface LoggedIn {
  world: ConnectedWorld
  subject: string
  tokens: Tokens
}

/** Somebody who came through the provider. */
async function enter(kind: StandIn, connection: object = {}): Promise<LoggedIn> {
  const world = await makeConnectedWorld(
    app,
    { ...(await idp.connection(kind)), ...connection },
    { user: { emailVerified: true } },
  )
  const { subject } = idp.newPerson({ email: world.user.email })
  return { world, subject, tokens: await tokensFor(app, world, await logInThrough(app, world, kind, { subject })) }
}

const providerSessions = ({ world }: Pick<LoggedIn, 'world'>) =>
  app.rows('select * from provider_sessions where connection_id = ?', world.connection.id)
const logOut = (path: string, { accessToken, refreshToken }: Tokens) =>
  app.post(path, { refreshToken }, bearer({ accessToken }))

/** What happens after the answer. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    if (await holds()) return
    await sleep(100)
  }
  assert.fail('it did not come to pass')
}
const isTold = (who: LoggedIn) => eventually(async () => (await providerSessions(who)).length === 0)

describe('a refresh', () => {
  test('goes on while the provider knows the person, with its own tokens renewed and sealed', async () => {
    const who = await enter('keycloak')
    const [before] = await providerSessions(who)
    let { tokens } = who
    for (let times = 0; times < 3; times++) {
      const { status, body } = await refresh(app, tokens)
      assert.equal(status, 200)
      tokens = body
    }
    const [after] = await providerSessions(who)
    assert.notEqual(after?.['tokens'], before?.['tokens'])
    assert.equal(after?.['check_until'], null)
  })

  test('ends the session where the provider refuses', async () => {
    const who = await enter('google')
    await idp.revoke(who.subject)
    refusedWith(await refresh(app, who.tokens), 401, 'Token Expired')
    assert.equal((await app.get('/auth/me', bearer(who.tokens))).status, 401)
    refusedWith(await refresh(app, who.tokens), 401, 'Token Expired')
  })

  test('of fifty at once the provider sees one, and all get the same successor', async () => {
    const who = await enter('keycloak')
    const asked = idp.posts.length
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(app, who.tokens)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal(new Set(answers.map(({ body }) => body.refreshToken)).size, 1)
    assert.ok(idp.posts.length - asked <= 2, 'asked more than once, and once more for how it wants the secret')
  })

  test('goes on while the provider is away, and that is noted', async () => {
    const who = await enter('keycloak')
    await app.admin.patch(`/v1/connections/${who.world.connection.id}`, { issuer: 'http://localhost:9' })
    assert.equal((await refresh(app, who.tokens)).status, 200)
    assert.ok(app.log().some((line) => line.includes('refresh check failed')))
  })

  test('asks the user endpoint where there are no refresh tokens', async () => {
    const world = await makeConnectedWorld(app, plain.connection('facebook'), { user: { emailVerified: true } })
    plain.becomes({ id: `fb-${Date.now()}`, email: world.user.email })
    const tokens = await tokensFor(app, world, await logInThrough(app, world, 'facebook'))
    const { status, body } = await refresh(app, tokens)
    assert.equal(status, 200)
    plain.forgetTokens()
    refusedWith(await refresh(app, body), 401, 'Token Expired')
  })

  test('of a password session asks nobody', async () => {
    const world = await makeWorld(app)
    const asked = idp.posts.length
    assert.equal((await refresh(app, await getTokens(app, world))).status, 200)
    assert.equal(idp.posts.length, asked)
  })

  test('with a pair that is used up does not bother the provider', async () => {
    const who = await enter('keycloak')
    await refresh(app, who.tokens)
    await app.wait(11)
    const asked = idp.posts.length
    refusedWith(await refresh(app, who.tokens), 401, 'Token Expired')
    assert.equal(idp.posts.length, asked)
  })
})

describe('a logout', () => {
  for (const kind of ['google', 'keycloak'] as const)
    test(`${kind}: ends the session here and there`, async () => {
      const who = await enter(kind)
      const { status, body } = await logOut(`/${kind}/logout`, who.tokens)
      assert.equal(status, 200)
      assert.deepEqual(body, { success: true, key: who.world.user.id })
      refusedWith(await app.get('/auth/me', bearer(who.tokens)), 401, { message: 'TokenRevoked' })
      await isTold(who)
      const rows = await app.rows(
        'select login_type from login_activity where actor = ? order by id',
        who.world.user.id,
      )
      assert.deepEqual(
        rows.map((row) => row['login_type']),
        ['ACCESS', 'LOGOUT'],
      )
      assert.equal(await idp.knowsTokensOf(who.subject), false)
    })

  test('needs the pair, as the plain one does', async () => {
    const who = await enter('google')
    const { tokens } = who
    refusedWith(await app.post('/google/logout', {}, bearer(tokens)), 422, 'TokenMissing')
    refusedWith(await app.post('/google/logout', { refreshToken: 'x' }, bearer(tokens)), 401, 'Token Expired')
    refusedWith(await app.post('/google/logout', { refreshToken: 'x' }), 401, 'Bearer realm="Users"')
    assert.equal((await providerSessions(who)).length, 1)
    assert.equal(await idp.knowsTokensOf(who.subject), true)
  })

  test('of a session that did not come that way is a logout and no more', async () => {
    const world = await makeWorld(app)
    assert.equal((await logOut('/google/logout', await getTokens(app, world))).status, 200)
    const who = await enter('keycloak')
    assert.equal((await logOut('/google/logout', who.tokens)).status, 200)
    assert.equal(await idp.knowsTokensOf(who.subject), true)
  })

  test('is not held up by a provider that is away, and told again until it has heard', async () => {
    const who = await enter('google')
    const { id } = who.world.connection
    await app.admin.patch(`/v1/connections/${id}`, { endpoints: { revocation: 'http://localhost:9/revoke' } })
    assert.equal((await logOut('/google/logout', who.tokens)).status, 200)
    assert.equal((await app.get('/auth/me', bearer(who.tokens))).status, 401)
    await eventually(async () => (await providerSessions(who))[0]?.['logout_attempts'] === 1)

    await app.admin.patch(`/v1/connections/${id}`, { endpoints: {} })
    await app.upkeep()
    assert.equal((await providerSessions(who)).length, 1, 'not before its time')
    await app.rows('update provider_sessions set logout_due_at = 1 where connection_id = ?', id)
    await app.upkeep()
    await isTold(who)
    assert.equal(await idp.knowsTokensOf(who.subject), false)
  })
})

describe('the provider’s tokens', () => {
  test('are swept with their session', async () => {
    const who = await enter('keycloak')
    await app.upkeep()
    assert.equal((await providerSessions(who)).length, 1)
    assert.equal((await logOut('/logout', who.tokens)).status, 200)
    await app.upkeep()
    assert.equal((await providerSessions(who)).length, 0)
  })

  test('end with the connection: its sessions do too', async () => {
    const disabled = await enter('google')
    await app.admin.patch(`/v1/connections/${disabled.world.connection.id}`, { status: 'disabled' })
    assert.equal((await app.get('/auth/me', bearer(disabled.tokens))).status, 401)
    const removed = await enter('google')
    await app.admin.delete(`/v1/connections/${removed.world.connection.id}`)
    assert.equal((await app.get('/auth/me', bearer(removed.tokens))).status, 401)
    assert.equal((await providerSessions(removed)).length, 0)
  })
})
