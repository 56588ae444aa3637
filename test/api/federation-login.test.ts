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

let people = 0
/** Somebody new at the provider. */
function newPerson(claims: Record<string, unknown> = {}) {
  const subject = `person-${Date.now()}-${people++}`
  const email = `${subject}@example.com`
  idp.people.set(subject, { email, email_verified: true, given_name: 'Grace', family_name: 'Hopper', ...claims })
  return { subject, email }
}

const verified = { user: { emailVerified: true } }
const signUp = { tenant: { signUp: openSignUp() } }
const usersOf = (email: string) => app.rows('select * from users where email_key = ?', email)
const identitiesOf = (subject: string) => app.rows('select * from identities where subject = ?', subject)

describe('through each provider', () => {
  for (const kind of ['google', 'apple', 'azure', 'keycloak', 'cognito', 'oidc'] as StandIn[])
    test(`${kind}: somebody new gets an account, and the same one the next time`, async () => {
      const world = await makeConnectedWorld(app, await idp.connection(kind), signUp)
      const { subject, email } = newPerson()
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
    const { subject } = newPerson({ given_name: undefined, family_name: undefined })
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
    const { subject } = newPerson()
    await tokensFor(app, world, await logInThrough(app, world, 'facebook', { subject }))
  })
})

describe('who it is', () => {
  test('an address that is vouched for and verified here is linked, once', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), verified)
    const { subject } = newPerson({ email: world.user.email.toUpperCase() })
    for (let login = 0; login < 2; login++) {
      const tokens = await tokensFor(app, world, await logInThrough(app, world, 'google', { subject }))
      assert.equal(decodeJwt(tokens.accessToken).sub, world.user.id)
    }
    assert.equal((await identitiesOf(subject)).length, 1)
    const { body } = await app.admin.get<{ items: { action: string }[] }>(`/v1/audit?actorId=${world.user.id}`)
    assert.equal(body.items.filter(({ action }) => action === 'identity.link').length, 1)
  })

  test('one person may come by several providers', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), verified)
    await connect(app, world, await idp.connection('keycloak'))
    const { subject } = newPerson({ email: world.user.email })
    for (const kind of ['google', 'keycloak'] as const) {
      const tokens = await tokensFor(app, world, await logInThrough(app, world, kind, { subject }))
      assert.equal(decodeJwt(tokens.accessToken).sub, world.user.id)
    }
  })

  const refused: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['is not verified here', { email_verified: true }, { emailVerified: false }],
    ['nobody vouches for', { email_verified: false }, { emailVerified: true }],
    ['nobody says is verified', { email_verified: undefined }, { emailVerified: true }],
  ]
  for (const [why, claims, user] of refused)
    test(`an address that ${why} leads to no account, and to no other person`, async () => {
      const world = await makeConnectedWorld(app, await idp.connection('google'), { ...signUp, user })
      const { subject } = newPerson({ email: world.user.email, ...claims })
      const { error, error_description, state } = await logInThrough(app, world, 'google', { subject }, { state: 's' })
      assert.equal(error, 'access_denied')
      assert.match(String(error_description), /address/)
      assert.equal(state, 's')
      assert.equal((await usersOf(world.user.email)).length, 1)
      assert.equal((await identitiesOf(subject)).length, 0)
    })

  test('an address that two people have is nobody’s', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), { ...verified, ...signUp })
    await create(app, '/v1/users', {
      username: `x-${Date.now()}`,
      email: world.user.email,
      emailVerified: true,
      defaultTenantId: world.tenant.id,
    })
    const { subject } = newPerson({ email: world.user.email })
    const { error } = await logInThrough(app, world, 'google', { subject })
    assert.equal(error, 'access_denied')
  })

  test('where nobody may sign up there is no account', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'))
    const { subject, email } = newPerson()
    const { error, error_description } = await logInThrough(app, world, 'google', { subject })
    assert.equal(error, 'access_denied')
    assert.equal(error_description, 'There is no account for this login')
    assert.deepEqual(await usersOf(email), [])
  })

  test('where some domains may sign up, the address decides', async () => {
    const policy = { mode: 'domains', roleId: null, emailDomains: ['example.com'] }
    const world = await makeConnectedWorld(app, await idp.connection('google'), { tenant: { signUp: policy } })
    const inside = newPerson()
    const outside = newPerson({ email: `outside-${Date.now()}@elsewhere.example` })
    await tokensFor(app, world, await logInThrough(app, world, 'google', inside))
    assert.equal((await logInThrough(app, world, 'google', outside)).error, 'access_denied')
  })

  test('of fifty first logins at once one makes the account', async () => {
    const world = await makeConnectedWorld(app, plain.connection('facebook'), signUp)
    const email = `race-${Date.now()}@example.com`
    plain.becomes({ id: `race-${Date.now()}`, email })
    const arrivals = await Promise.all(Array.from({ length: 50 }, () => logInThrough(app, world, 'facebook')))
    assert.deepEqual([...new Set(arrivals.map(({ error }) => error))], [undefined])
    assert.equal((await usersOf(email)).length, 1)
  })

  test('a blocked user is refused, and the attempt is noted', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), verified)
    const { subject } = newPerson({ email: world.user.email })
    await app.admin.patch(`/v1/users/${world.user.id}`, { status: 'blocked' })
    assert.equal((await logInThrough(app, world, 'google', { subject })).error, 'access_denied')
    const rows = await app.rows('select login_type, method from login_activity where actor = ?', world.user.id)
    assert.deepEqual(rows, [{ login_type: 'FAILED', method: 'google' }])
  })

  test('a tenant may do without social logins', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), {
      ...verified,
      tenant: { loginMethods: ['password'] },
    })
    const { subject } = newPerson({ email: world.user.email })
    const { error, error_description } = await logInThrough(app, world, 'google', { subject })
    assert.equal(error, 'access_denied')
    assert.match(String(error_description), /does not allow/)
  })
})

describe('whose connection', () => {
  test('a client without one of its own tenant uses the shared one; a disabled one of its own rules that out', async () => {
    const world = await makeWorld(app, verified)
    const shared = await create<{ id: string }>(app, '/v1/connections', await idp.connection('cognito'))
    const { subject } = newPerson({ email: world.user.email })
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
    const { subject } = newPerson({ email: world.user.email })
    const before = await tokensFor(app, world, await logInThrough(app, world, 'google', { subject }))
    await create(app, `/v1/users/${world.user.id}/memberships`, { tenantId: other.tenant.id, roleId: other.role.id })

    assert.equal((await logInThrough(app, world, 'google', { subject })).error, 'access_denied')
    const refreshed = await app.post('/auth/token-refresh', { refreshToken: before.refreshToken }, bearer(before))
    assert.equal(refreshed.status, 401)
  })

  test('nor does it link an address of somebody in another tenant', async () => {
    const victim = await makeWorld(app, verified)
    const world = await makeConnectedWorld(app, await idp.connection('google'), signUp)
    const { subject } = newPerson({ email: victim.user.email })
    assert.equal((await logInThrough(app, world, 'google', { subject })).error, 'access_denied')
    assert.deepEqual(await identitiesOf(subject), [])
  })
})

describe('groups', () => {
  test('make and unmake a role, in the order of the mapping', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('cognito'), signUp)
    const owner = await create<{ id: string }>(app, '/v1/roles', { tenantId: world.tenant.id, name: 'owner' })
    const groupRoles = { owners: owner.id, editors: 'editor' }
    await app.admin.patch(`/v1/connections/${world.connection.id}`, { groupRoles })
    const { subject } = newPerson()
    const roleWith = async (groups: string[] | undefined) => {
      idp.people.set(subject, { ...idp.people.get(subject), 'cognito:groups': groups })
      const tokens = await tokensFor(app, world, await logInThrough(app, world, 'cognito', { subject }))
      return decodeJwt(tokens.accessToken)['role']
    }
    assert.equal(await roleWith(['others']), 'member')
    assert.equal(await roleWith(['editors', 'others']), 'editor')
    assert.equal(await roleWith(['editors', 'owners']), 'owner')
    assert.equal(await roleWith(undefined), 'owner')
    assert.equal(await roleWith(['others']), 'member')
  })

  test('do not touch a role that they do not give', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('cognito'), verified)
    await create(app, '/v1/roles', { tenantId: world.tenant.id, name: 'owner' })
    await app.admin.patch(`/v1/connections/${world.connection.id}`, { groupRoles: { owners: 'owner' } })
    const { subject } = newPerson({ email: world.user.email, 'cognito:groups': ['others'] })
    const tokens = await tokensFor(app, world, await logInThrough(app, world, 'cognito', { subject }))
    assert.equal(decodeJwt(tokens.accessToken)['role'], 'editor')
  })
})

describe('after the provider', () => {
  test('the client’s own PKCE challenge is asked of the client', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), verified)
    const { subject } = newPerson({ email: world.user.email })
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
    const { subject } = newPerson({ email: world.user.email })
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
    const { subject } = newPerson({ email: world.user.email })
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
