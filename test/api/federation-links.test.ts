import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import type { ProviderName } from '../../src/core/federation/providers.ts'
import { type App, startApp } from '../support/app.ts'
import { refusedWith } from '../support/auth-errors.ts'
import {
  type ConnectedWorld,
  connect,
  logInThrough,
  makeConnectedWorld,
  openSignUp,
  tokensFor,
} from '../support/federation.ts'
import { type Idp, startIdp } from '../support/idp.ts'
import { enrol, logIn } from '../support/passkey-owner.ts'
import { ORIGIN } from '../support/variables.ts'
import { arrival, openVisitor } from '../support/visitor.ts'
import { bearer, getTokens, makeWorld, type Tokens } from '../support/world.ts'

let app: App
let idp: Idp
let world: ConnectedWorld
let tokens: Tokens

before(async () => {
  ;[app, idp] = await Promise.all([startApp(), startIdp()])
  world = await makeConnectedWorld(app, await idp.connection('google'))
  await connect(app, world, await idp.connection('keycloak'))
  tokens = await getTokens(app, world)
})
after(() => idp.stop())

const newPerson = (claims?: Record<string, unknown>) => idp.newPerson(claims).subject

/** Asks for the address with the token, then goes there with the browser. */
async function link(kind: ProviderName, subject: string, as: Tokens = tokens) {
  const { status, body, headers, text } = await app.post<{ url: string }>(
    `/auth/identities/${kind}`,
    { state: 'mine' },
    bearer(as),
  )
  assert.equal(status, 200, text)
  const visitor = openVisitor(app, { answers: { login: subject, password: 'any' } })
  const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(headers.getSetCookie()[0] ?? '') ?? []
  visitor.jar.set(ORIGIN, new Map([[name, value]]))
  return {
    told: arrival(await visitor.follow(await visitor.ask(body.url), body.url)),
    cookie: headers.getSetCookie()[0],
  }
}

const providersOf = async (as: Tokens = tokens) =>
  (await app.get<{ provider: string }[]>('/auth/identities', bearer(as))).body.map(({ provider }) => provider)
const unlink = (kind: string, as: Tokens = tokens) => app.delete(`/auth/identities/${kind}`, bearer(as))

describe('linking', () => {
  test('makes the provider another way into the same account, whatever its address there', async () => {
    const subject = newPerson({ email_verified: false })
    const { told, cookie } = await link('google', subject)
    assert.deepEqual(told, { linked: 'google', state: 'mine' })
    assert.match(String(cookie), /SameSite=None/)
    assert.deepEqual(await providersOf(), ['google'])
    const through = await tokensFor(app, world, await logInThrough(app, world, 'google', { subject }))
    assert.equal(decodeJwt(through.accessToken).sub, world.user.id)

    assert.deepEqual((await link('google', subject)).told['linked'], 'google', 'twice is fine')
    assert.deepEqual(await providersOf(), ['google'])
  })

  test('somebody else’s login is refused', async () => {
    const subject = newPerson()
    await link('google', subject)
    const other = await makeWorld(app, { client: { defaultTenantId: world.tenant.id } })
    const membership = { tenantId: world.tenant.id, roleId: world.role.id }
    await app.admin.post(`/v1/users/${other.user.id}/memberships`, membership)
    const stranger = await getTokens(app, other)
    const { told } = await link('google', subject, stranger)
    assert.equal(told['error'], 'access_denied')
    assert.deepEqual(await providersOf(stranger), [])
  })

  test('is refused once the user has logged out', async () => {
    const own = await getTokens(app, world)
    const { body, headers } = await app.post<{ url: string }>('/auth/identities/keycloak', {}, bearer(own))
    await app.post('/logout', { refreshToken: own.refreshToken }, bearer(own))
    const subject = newPerson()
    const visitor = openVisitor(app, { answers: { login: subject, password: 'any' } })
    const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(headers.getSetCookie()[0] ?? '') ?? []
    visitor.jar.set(ORIGIN, new Map([[name, value]]))
    const told = arrival(await visitor.follow(await visitor.ask(body.url), body.url))
    assert.equal(told['error'], 'access_denied')
    assert.deepEqual(await app.rows('select * from identities where subject = ?', subject), [])
  })

  test('in a browser that shows no cookie waits for the user’s own word, once', async () => {
    const start = async (subject: string) => {
      const { body } = await app.post<{ url: string }>('/auth/identities/google', {}, bearer(tokens))
      const visitor = openVisitor(app, { answers: { login: subject, password: 'any' } })
      return arrival(await visitor.follow(await visitor.ask(body.url), body.url))['linkCode'] ?? ''
    }
    const confirm = (code: string, as = tokens, kind = 'google') =>
      app.put(`/auth/identities/${kind}`, { code }, bearer(as))
    const subject = newPerson()
    const code = await start(subject)
    const identities = () => app.rows('select user_id from identities where subject = ?', subject)
    assert.deepEqual(await identities(), [])

    const stranger = await getTokens(app, await makeWorld(app))
    refusedWith(await confirm(code, stranger), 401, 'Invalid Credentials')
    refusedWith(await confirm(code, tokens, 'keycloak'), 401, 'Invalid Credentials')
    refusedWith(await confirm('no code'), 401, 'Invalid Credentials')
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(code)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, ...Array(9).fill(401)])
    assert.deepEqual(await identities(), [{ user_id: world.user.id }])

    const late = await start(newPerson())
    await app.wait(301)
    refusedWith(await confirm(late), 401, 'Invalid Credentials')
  })

  test('needs a user, a known provider and a connection', async () => {
    refusedWith(await app.post('/auth/identities/google', {}), 401, 'Bearer realm="Users"')
    assert.equal((await app.post('/auth/identities/saml', {}, bearer(tokens))).status, 400)
    assert.equal((await app.post('/auth/identities/nobody', {}, bearer(tokens))).status, 400)
    refusedWith(await app.post('/auth/identities/cognito', {}, bearer(tokens)), 404, 'There is no such connection')
    assert.equal((await app.post('/auth/identities/google', { other: 1 }, bearer(tokens))).status, 422)
    assert.equal((await app.get('/auth/identities')).status, 401)
  })
})

describe('unlinking', () => {
  test('takes the way in away, and is noted', async () => {
    const subject = newPerson()
    await link('keycloak', subject)
    assert.equal((await unlink('keycloak')).status, 204)
    assert.ok(!(await providersOf()).includes('keycloak'))
    assert.equal((await logInThrough(app, world, 'keycloak', { subject })).error, 'access_denied')
    refusedWith(await unlink('keycloak'), 404, 'There is no such identity')
    const { body } = await app.admin.get<{ items: { action: string }[] }>(
      `/v1/audit?actorId=${world.user.id}&action=identity.unlink`,
    )
    assert.equal(body.items.length, 1)
  })

  test('may take the only one of somebody who has a passkey', async () => {
    const own = await makeConnectedWorld(app, await idp.connection('google'), { tenant: { signUp: openSignUp() } })
    const only = await tokensFor(app, own, await logInThrough(app, own, 'google', { subject: newPerson() }))
    assert.equal((await unlink('google', only)).status, 409)
    const passkey = await enrol(app, only)
    assert.equal((await unlink('google', only)).status, 204)
    assert.equal((await logIn(app, own, passkey)).status, 200)
  })

  test('never takes the last one, however many try at once', async () => {
    const own = await makeConnectedWorld(app, await idp.connection('google'), { tenant: { signUp: openSignUp() } })
    await connect(app, own, await idp.connection('keycloak'))
    const subject = newPerson()
    const only = await tokensFor(app, own, await logInThrough(app, own, 'google', { subject }))
    refusedWith(await unlink('google', only), 409, 'This is the only way into the account')
    await link('keycloak', newPerson(), only)
    const answers = await Promise.all(['google', 'keycloak', 'google', 'keycloak'].map((kind) => unlink(kind, only)))
    assert.equal(answers.filter(({ status }) => status === 204).length, 1)
    assert.equal((await providersOf(only)).length, 1)
  })
})
