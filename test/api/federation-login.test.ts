import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { sha256 } from '../../src/core/crypto.ts'
import { type App, startApp } from '../support/app.ts'
import { connect, logInThrough, makeConnectedWorld, openSignUp, tokensFor } from '../support/federation.ts'
import { type Idp, type StandIn, startIdp } from '../support/idp.ts'
import { type PlainIdp, startPlainIdp } from '../support/idp-plain.ts'
import { bearer, create, makeWorld } from '../support/world.ts'

let app: App
let idp: Idp
let plain: PlainIdp

before(async () => {
  ;[app, idp, plain] = await Promise.all([startApp(), startIdp(), startPlainIdp()])
})
after(() => Promise.all([idp.stop(), plain.stop()]))

const verified = { user: { emailVerified: true } }
const signUp = { tenant: { signUp: openSignUp() } }
const identitiesOf = (subject: string) => app.rows('select * from identities where subject = ?', subject)
const usersOf = (email: string) => app.rows('select * from users where email_key = ?', email)

describe('through each provider', () => {
  for (const kind of ['google', 'apple', 'azure', 'keycloak', 'cognito', 'oidc'] as StandIn[])
    test(`${kind}: somebody new gets an account, and the same one the next time`, async () => {
      const world = await makeConnectedWorld(app, await idp.connection(kind), signUp)
      const { subject, email } = idp.newPerson()
      const { code, state } = await logInThrough(app, world, kind, { subject }, { state: 'a state & more' })
      assert.equal(state, 'a state & more')
      const first = await tokensFor(app, world, { code })
      const { body: me } = await app.get('/auth/me', bearer(first))
      assert.equal(me['email'], email)
      assert.equal(me['username'], email)
      // Apple does not put it into the claims.
      if (kind !== 'apple') assert.deepEqual([me['firstName'], me['lastName']], ['Grace', 'Hopper'])
      assert.equal(me['role'], 'member')
      assert.deepEqual(decodeJwt(first.accessToken)['amr'], ['fed'])

      const again = await tokensFor(app, world, await logInThrough(app, world, kind, { subject }))
      assert.equal(decodeJwt(again.accessToken).sub, me['id'])
      const [user] = await usersOf(email)
      assert.equal(user?.['auth_provider'], kind)
      assert.equal((await usersOf(email)).length, 1)
    })

  test('facebook: the user endpoint says who it is', async () => {
    const world = await makeConnectedWorld(app, plain.connection('facebook'), signUp)
    const email = `fb-${Date.now()}@example.com`
    plain.becomes({ id: `${Date.now()}`, email, firstName: 'Mark', lastName: 'Z' })
    const tokens = await tokensFor(app, world, await logInThrough(app, world, 'facebook'))
    const { body: me } = await app.get('/auth/me', bearer(tokens))
    assert.deepEqual([me['email'], me['firstName'], me['lastName']], [email, 'Mark', 'Z'])
  })

  test('instagram: an account without an address, and the same one the next time', async () => {
    const world = await makeConnectedWorld(app, plain.connection('instagram'), signUp)
    plain.becomes({ id: '17841405793187218', firstName: 'Kevin' })
    const first = await tokensFor(app, world, await logInThrough(app, world, 'instagram'))
    const { body: me } = await app.get('/auth/me', bearer(first))
    assert.equal(me['email'], undefined)
    assert.match(String(me['username']), /^instagram-/)
    const again = await tokensFor(app, world, await logInThrough(app, world, 'instagram'))
    assert.equal(decodeJwt(again.accessToken).sub, me['id'])
  })

  test('apple posts the name beside the code, the first time only', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('apple'), signUp)
    const { subject } = idp.newPerson({ given_name: undefined, family_name: undefined })
    const posted = {
      user: JSON.stringify({ name: { firstName: 'Tim', lastName: 'A' }, email: 'not@believed.example' }),
    }
    const tokens = await tokensFor(app, world, await logInThrough(app, world, 'apple', { subject, posted }))
    const { firstName, lastName, email } = decodeJwt(tokens.accessToken)
    assert.deepEqual([firstName, lastName], ['Tim', 'A'])
    assert.equal(email, `${subject}@example.com`)
  })

  test('a connection with an issuer is spoken to in OpenID Connect, whatever its kind', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('facebook'), signUp)
    const { subject } = idp.newPerson()
    await tokensFor(app, world, await logInThrough(app, world, 'facebook', { subject }))
  })
})

describe('whose connection', () => {
  test('a client without one of its own tenant uses the shared one; a disabled one of its own rules that out', async () => {
    const world = await makeWorld(app, verified)
    const shared = await create<{ id: string }>(app, '/v1/connections', await idp.connection('cognito'))
    const { subject } = idp.newPerson({ email: world.user.email })
    await tokensFor(app, world, await logInThrough(app, world, 'cognito', { subject }))
    const own = await connect(app, world, await idp.connection('cognito'))
    await app.admin.patch(`/v1/connections/${own.id}`, { status: 'disabled' })
    const { status } = await app.post(
      '/auth/cognito',
      new URLSearchParams({ client_id: world.client.clientId, client_secret: world.client.clientSecret }),
    )
    assert.equal(status, 404)
    await app.admin.delete(`/v1/connections/${shared.id}`)
  })

  test('a tenant’s own connection speaks for nobody who belongs to another tenant too', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), verified)
    const other = await makeWorld(app)
    const { subject } = idp.newPerson({ email: world.user.email })
    const before = await tokensFor(app, world, await logInThrough(app, world, 'google', { subject }))
    await create(app, `/v1/users/${world.user.id}/memberships`, { tenantId: other.tenant.id, roleId: other.role.id })

    assert.equal((await logInThrough(app, world, 'google', { subject })).error, 'access_denied')
    const refreshed = await app.post('/auth/token-refresh', { refreshToken: before.refreshToken }, bearer(before))
    assert.equal(refreshed.status, 401)
  })

  test('nor does it link an address of somebody in another tenant', async () => {
    const victim = await makeWorld(app, verified)
    const world = await makeConnectedWorld(app, await idp.connection('google'), signUp)
    const { subject } = idp.newPerson({ email: victim.user.email })
    assert.equal((await logInThrough(app, world, 'google', { subject })).error, 'access_denied')
    assert.deepEqual(await identitiesOf(subject), [])
  })
})

describe('after the provider', () => {
  test('the client’s own PKCE challenge is asked of the client', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), verified)
    const { subject } = idp.newPerson({ email: world.user.email })
    const codeVerifier = 'a verifier of the client, long enough to be one of them'
    const codeChallenge = await sha256(codeVerifier)
    const login = () => logInThrough(app, world, 'google', { subject }, { codeChallenge })
    const exchange = (code: string | undefined, more: object) =>
      app.post('/auth/token', { code, clientId: world.client.clientId, ...more })
    assert.equal((await exchange((await login())['code'], {})).status, 401)
    assert.equal((await exchange((await login())['code'], { codeVerifier })).status, 200)
  })

  test('a second factor is due as after a password, and the provider’s tokens wait for it', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('keycloak'), {
      ...verified,
      tenant: { secondFactor: 'required' },
    })
    const { subject } = idp.newPerson({ email: world.user.email })
    const { code } = await logInThrough(app, world, 'keycloak', { subject })
    assert.equal((await app.post('/auth/token', { code, clientId: world.client.clientId })).status, 401)
    const [message] = await app.outbox(world.user.email)
    const { body } = await app.post<{ code: string }>('/auth/verify-otp', {
      key: world.user.username,
      otp: message?.code,
    })
    const tokens = await tokensFor(app, world, body)
    const { amr, sid } = decodeJwt(tokens.accessToken)
    assert.deepEqual(amr, ['fed', 'otp', 'mfa'])
    assert.equal((await app.rows('select * from provider_sessions where session_id = ?', String(sid))).length, 1)
  })

  test('the client’s redirectUrl keeps its query', async () => {
    const redirectUrl = 'https://app.example/done?from=a%20b&x=1'
    const world = await makeConnectedWorld(app, await idp.connection('google'), {
      ...verified,
      client: { redirectUrl },
    })
    const { subject } = idp.newPerson({ email: world.user.email })
    const { code, from, x } = await logInThrough(app, world, 'google', { subject })
    assert.deepEqual([from, x], ['a b', '1'])
    await tokensFor(app, world, { code })
  })

  test('whoever cancels at the provider comes back with the reason', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'))
    const { error, error_description, state, code } = await logInThrough(
      app,
      world,
      'google',
      { cancel: 'Cancel' },
      { state: 'mine' },
    )
    assert.deepEqual([error, state, code], ['access_denied', 'mine', undefined])
    assert.equal(error_description, 'The login was cancelled or denied')

    plain.becomes(undefined)
    await connect(app, world, plain.connection('facebook'))
    assert.equal((await logInThrough(app, world, 'facebook')).error, 'access_denied')
  })
})
