import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { connect, logInThrough, makeConnectedWorld, openSignUp, tokensFor } from '../support/federation.ts'
import { type Idp, startIdp } from '../support/idp.ts'
import { type PlainIdp, startPlainIdp } from '../support/idp-plain.ts'
import { create } from '../support/world.ts'

let app: App
let idp: Idp
let plain: PlainIdp

before(async () => {
  ;[app, idp, plain] = await Promise.all([startApp(), startIdp(), startPlainIdp()])
})
after(() => Promise.all([idp.stop(), plain.stop()]))

const verified = { user: { emailVerified: true } }
const signUp = { tenant: { signUp: openSignUp() } }
const usersOf = (email: string) => app.rows('select * from users where email_key = ?', email)
const identitiesOf = (subject: string) => app.rows('select * from identities where subject = ?', subject)

describe('who it is', () => {
  test('an address that is vouched for and verified here is linked, once', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), verified)
    const { subject } = idp.newPerson({ email: world.user.email.toUpperCase() })
    for (let login = 0; login < 2; login++) {
      const tokens = await tokensFor(app, world, await logInThrough(app, world, 'google', { subject }))
      assert.equal(decodeJwt(tokens.accessToken).sub, world.user.id)
    }
    assert.equal((await identitiesOf(subject)).length, 1)
    const { body } = await app.admin.get<{ items: { action: string }[] }>(`/v1/audit?actorId=${world.user.id}`)
    assert.equal(body.items.filter(({ action }) => action === 'identity.link').length, 1)
  })

  test('Entra vouches for an address in its own way', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('azure'), verified)
    const { subject } = idp.newPerson({ email: world.user.email, email_verified: undefined, xms_edov: '1' })
    const tokens = await tokensFor(app, world, await logInThrough(app, world, 'azure', { subject }))
    assert.equal(decodeJwt(tokens.accessToken).sub, world.user.id)
  })

  test('one person may come by several providers', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'), verified)
    await connect(app, world, await idp.connection('keycloak'))
    const { subject } = idp.newPerson({ email: world.user.email })
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
      const { subject } = idp.newPerson({ email: world.user.email, ...claims })
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
    const { subject } = idp.newPerson({ email: world.user.email })
    const { error } = await logInThrough(app, world, 'google', { subject })
    assert.equal(error, 'access_denied')
  })

  test('where nobody may sign up there is no account', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('google'))
    const { subject, email } = idp.newPerson()
    const { error, error_description } = await logInThrough(app, world, 'google', { subject })
    assert.equal(error, 'access_denied')
    assert.equal(error_description, 'There is no account for this login')
    assert.deepEqual(await usersOf(email), [])
  })

  test('where some domains may sign up, the address decides', async () => {
    const policy = { mode: 'domains', roleId: null, emailDomains: ['example.com'] }
    const world = await makeConnectedWorld(app, await idp.connection('google'), { tenant: { signUp: policy } })
    const inside = idp.newPerson()
    const outside = idp.newPerson({ email: `outside-${Date.now()}@elsewhere.example` })
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
    const { subject } = idp.newPerson({ email: world.user.email })
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
    const { subject } = idp.newPerson({ email: world.user.email })
    const { error, error_description } = await logInThrough(app, world, 'google', { subject })
    assert.equal(error, 'access_denied')
    assert.match(String(error_description), /does not allow/)
  })
})

describe('groups', () => {
  test('make and unmake a role, in the order of the mapping', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('cognito'), signUp)
    const owner = await create<{ id: string }>(app, '/v1/roles', { tenantId: world.tenant.id, name: 'owner' })
    const groupRoles = { owners: owner.id, editors: 'editor' }
    await app.admin.patch(`/v1/connections/${world.connection.id}`, { groupRoles })
    const { subject } = idp.newPerson()
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
    const { subject } = idp.newPerson({ email: world.user.email, 'cognito:groups': ['others'] })
    const tokens = await tokensFor(app, world, await logInThrough(app, world, 'cognito', { subject }))
    assert.equal(decodeJwt(tokens.accessToken)['role'], 'editor')
  })
})
