/** The hosted login leads to identity providers, and back to the service. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { type ConnectedWorld, connect, makeConnectedWorld, openSignUp } from '../support/federation.ts'
import { SERVICE } from '../support/gateway.ts'
import { forService, openHosted, whereTo } from '../support/hosted-login.ts'
import { type Idp, startIdp } from '../support/idp.ts'
import { create } from '../support/world.ts'

let app: App
let idp: Idp
let world: ConnectedWorld

before(async () => {
  ;[app, idp] = await Promise.all([startApp(), startIdp()])
  world = await makeConnectedWorld(app, await idp.connection('cognito'), {
    tenant: forService({ signUp: openSignUp() }),
  })
})
after(() => idp.stop())

const claimsIn = (url: URL) => decodeJwt(url.searchParams.get('imid_token') ?? '')

describe('a button on the hosted page', () => {
  test('leads through the provider to the service, with a session', async () => {
    const { subject, email } = idp.newPerson()
    const person = openHosted(app, { subject })
    const { url } = await person.logIn(world, 'Cognito')
    assert.equal(url.href, SERVICE)
    assert.ok(await person.isIn())
    const rows = await app.rows(
      'select s.method, s.tenant_id from sessions s join users u on u.id = s.user_id where u.email_key = ?',
      email,
    )
    assert.deepEqual(rows, [{ method: 'cognito', tenant_id: world.tenant.id }])
    const [, ...left] = person.visitor.jar.get(app.origin)?.keys() ?? []
    assert.deepEqual(left, [], 'only the cookie of the session stays')
  })

  test('brings the groups of the provider into the token, else the name of the role, and makes the role', async () => {
    await app.admin.patch(`/v1/connections/${world.connection.id}`, { groupRoles: { editors: 'editor' } })
    const many = Array.from({ length: 900 }, (_, n) => `group number ${n}`)
    for (const [groups, told] of [
      [
        ['others', 'editors'],
        ['others', 'editors'],
      ],
      [undefined, ['member']],
      [[], []],
      [many, undefined],
    ]) {
      const { subject } = idp.newPerson({ 'cognito:groups': groups })
      const { url } = await openHosted(app, { subject }).logInAsFarAsCallback(world, 'Cognito')
      if (told) assert.deepEqual(claimsIn(url)['groups'], told)
      assert.ok(url.href.length < 6_000, 'servers take it')
    }
    const roles = await app.rows(
      `select r.name, count(*) n from memberships m join roles r on r.id = m.role_id
       where m.tenant_id = ? and m.user_id <> ? group by r.name order by r.name`,
      world.tenant.id,
      world.user.id,
    )
    assert.deepEqual(
      roles.map(({ name }) => name),
      ['editor', 'member'],
    )
  })

  test('is there for each connection that the tenant may use, its own before shared ones, and for no other', async () => {
    const own = await makeConnectedWorld(app, await idp.connection('keycloak'), { tenant: forService() })
    await connect(app, own, { ...(await idp.connection('google')), name: 'Closed', status: 'disabled' })
    const shared = await create<{ id: string }>(app, '/v1/connections', {
      ...(await idp.connection('google')),
      name: 'Shared Google',
      tenantId: null,
    })
    const azure = { ...(await idp.connection('azure')), name: 'Shared Azure', tenantId: null }
    const { id } = await create<{ id: string }>(app, '/v1/connections', azure)
    const { page } = await openHosted(app).open(own)
    assert.match(page.text, /Continue with Keycloak/)
    assert.match(page.text, /Continue with Shared Azure/)
    assert.doesNotMatch(page.text, /Closed|Shared Google|Cognito/)
    for (const [loginMethods, offered] of [
      [['password', 'sso'], false],
      [['password', 'social'], true],
    ] as const) {
      await app.admin.patch(`/v1/tenants/${own.tenant.id}`, { loginMethods })
      assert.equal(/Continue with Keycloak/.test((await openHosted(app).open(own)).page.text), offered)
    }
    for (const connection of [shared.id, id]) await app.admin.delete(`/v1/connections/${connection}`)
  })

  test('asks for the second factor all the same, and leads on from it', async () => {
    const own = await makeConnectedWorld(app, await idp.connection('google'), {
      tenant: forService({ secondFactor: 'required' }),
      user: { emailVerified: true },
    })
    const { subject } = idp.newPerson({ email: own.user.email, groups: ['staff'] })
    const person = openHosted(app, { subject })
    const stopped = await person.logIn(own, 'Google', ({ pathname }) => pathname === '/login/factor')
    const flow = stopped.url.searchParams.get('flow') ?? ''
    assert.ok(!(await person.isIn()))
    const [message] = await app.outbox(own.user.email)
    const proved = await person.post('/login/factor', { flow, code: message?.code ?? '' })
    assert.deepEqual(claimsIn(new URL(whereTo(proved), app.origin))['groups'], ['staff'])
    assert.equal((await person.follow(proved)).url.href, SERVICE)
    const [session] = await app.rows('select method from sessions where user_id = ?', own.user.id)
    assert.deepEqual(session, { method: 'google+otp' })
  })

  test('ends with the connection: who came through it is out', async () => {
    const own = await makeConnectedWorld(app, await idp.connection('google'), {
      tenant: forService({ signUp: openSignUp() }),
    })
    const person = openHosted(app, { subject: idp.newPerson().subject })
    await person.logIn(own, 'Google')
    assert.ok(await person.isIn())
    await app.admin.patch(`/v1/connections/${own.connection.id}`, { status: 'disabled' })
    assert.ok(!(await person.isIn()))
  })
})

describe('a tenant with one connection and no other way', () => {
  test('sends people straight to it, and from there straight to the service', async () => {
    const own = await makeConnectedWorld(app, await idp.connection('oidc'), {
      tenant: forService({ loginMethods: ['sso'], signUp: openSignUp() }),
    })
    const person = openHosted(app, { subject: idp.newPerson().subject })
    const begun = await person.begin(own)
    assert.equal(new URL(whereTo(begun)).origin, idp.issuer)
    assert.equal((await person.follow(begun)).url.href, SERVICE)
    assert.ok(await person.isIn())
    const path = `/imsg-service/v1/org/${own.tenant.key}/login?callback=${encodeURIComponent(SERVICE)}`
    assert.equal(new URL(whereTo(await person.get(path))).origin, idp.issuer)
  })

  test('shows the page where there is a second one, or none', async () => {
    const own = await makeConnectedWorld(app, await idp.connection('oidc'), {
      tenant: forService({ loginMethods: ['sso'] }),
    })
    const second = await connect(app, own, { ...(await idp.connection('oidc')), name: 'Other' })
    assert.match((await openHosted(app).open(own)).page.text, /Continue with OpenID Connect[\s\S]*Continue with Other/)
    for (const { id } of [second, own.connection]) await app.admin.delete(`/v1/connections/${id}`)
    assert.doesNotMatch((await openHosted(app).open(own)).page.text, /Continue with/)
  })

  test('says on a page what went wrong, and how to try again', async () => {
    const down = { ...(await idp.connection('oidc')), issuer: 'http://localhost:9' }
    const own = await makeConnectedWorld(app, down, { tenant: forService({ loginMethods: ['sso'] }) })
    for (const [language, words] of Object.entries({
      en: /does not answer at the moment/,
      de: /antwortet zurzeit nicht/,
      fr: /ne répond pas pour le moment/,
      es: /no responde en este momento/,
      sv: /svarar inte just nu/,
    })) {
      const person = openHosted(app)
      const begun = await person.begin(own)
      assert.match(whereTo(begun), /^\/login\?flow=/)
      const cookie = [...(person.visitor.jar.get(app.origin) ?? [])]
        .map(([name, value]) => `${name}=${value}`)
        .join(';')
      const { status, text } = await app.get(whereTo(begun), { cookie, 'accept-language': language })
      assert.equal(status, 200)
      assert.match(text, words)
      assert.match(text, /role="alert"[\s\S]*href="\/login\/provider/)
    }
  })
})

describe('a link to a provider', () => {
  test('leads only to what the tenant may use, in a login of this browser', async () => {
    const other = await makeConnectedWorld(app, await idp.connection('cognito'), { tenant: forService() })
    const disabled = await connect(app, world, { ...(await idp.connection('google')), status: 'disabled' })
    const person = openHosted(app)
    const { flow } = await person.open(world)
    const link = (connection: string, of = flow) => `/login/provider?${new URLSearchParams({ flow: of, connection })}`
    for (const id of [other.connection.id, disabled.id, 'none', '', "' or 1=1 --"])
      assert.equal(whereTo(await person.get(link(id))), `/login?flow=${flow}`)
    assert.equal((await person.get(link('x'.repeat(65)))).status, 400)
    for (const of of ['none', '', (await openHosted(app).open(world)).flow]) {
      const { status, text } = await person.get(link(world.connection.id, of))
      assert.equal(status, 410)
      assert.match(text, /This login has ended/)
    }
    assert.equal(new URL(whereTo(await person.get(link(world.connection.id)))).origin, idp.issuer)
  })
})
