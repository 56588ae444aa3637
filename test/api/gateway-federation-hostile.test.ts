/** Trips from the hosted login to a provider that somebody else's browser, tenant or patience gets into. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refusedOnPage } from '../support/auth-errors.ts'
import { type ConnectedWorld, makeConnectedWorld, openSignUp } from '../support/federation.ts'
import { SERVICE } from '../support/gateway.ts'
import { CALLBACK_PATH, forService, type HostedVisitor, openHosted, whereTo } from '../support/hosted-login.ts'
import { claimsOf, newSubject } from '../support/hostile-login.ts'
import { type HostileIdp, startHostileIdp } from '../support/idp-hostile.ts'
import { create, makeWorld, type World } from '../support/world.ts'

const ENDED = /This login has ended/

let app: App
let idp: HostileIdp
let world: ConnectedWorld

before(async () => {
  app = await startApp()
  idp = await startHostileIdp(app)
  world = await makeConnectedWorld(app, idp.connection, { tenant: forService({ signUp: openSignUp() }) })
})
after(() => idp.stop())

/** As far as the provider, which is told whom to claim to know. */
async function depart(of: Pick<World, 'tenant'> = world, subject = newSubject(), claims: object = {}) {
  const person = openHosted(app)
  const { flow, page } = await person.open(of)
  const { searchParams } = new URL(whereTo(await person.choose(page, 'Hostile')))
  idp.wish({ claims: { ...claimsOf(subject), nonce: searchParams.get('nonce'), ...claims } })
  return { person, flow, state: searchParams.get('state') ?? '', subject }
}

const comeBack = (person: HostedVisitor, state: string, more: Record<string, string> = { code: 'c' }) =>
  person.get(`/auth/oidc-auth-redirect?${new URLSearchParams({ state, ...more })}`)

/** Back on the page, which says why; nobody is in. */
async function assertToldWhy(person: HostedVisitor, answer: Awaited<ReturnType<typeof comeBack>>, words: RegExp) {
  assert.match(whereTo(answer), /^\/login\?flow=/)
  const page = await person.get(whereTo(answer))
  assert.match(page.text, words)
  assert.ok(!(await person.isIn()))
}

const cookiesOf = ({ visitor }: HostedVisitor) =>
  [...(visitor.jar.get(app.origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')

async function assertNobodyCame(subject: string) {
  assert.deepEqual(await app.rows('select * from identities where subject = ?', subject), [])
}

describe('the answer of a provider', () => {
  test('lets its own browser in, first of all', async () => {
    const { person, state } = await depart()
    assert.equal((await person.follow(await comeBack(person, state))).url.href, SERVICE)
    assert.ok(await person.isIn())
  })

  test('is worth nothing in another browser, even in one that has begun a login of its own', async () => {
    const { person, state, subject } = await depart()
    const victim = await depart()
    for (const other of [openHosted(app), victim.person]) refusedOnPage(await comeBack(other, state), ENDED)
    await assertNobodyCame(subject)
    idp.wish({ claims: { ...claimsOf(subject), nonce: 'of another login' } })
    await assertToldWhy(person, await comeBack(person, state), /did not work/)
  })

  test('ends in the login that it was asked for by, not in another one of the same browser', async () => {
    const { person, flow, state } = await depart()
    const second = await person.open(world)
    assert.notEqual(second.flow, flow)
    const answer = await comeBack(person, state)
    const [own, other] = [flow, second.flow].map((id) => cookiesOf(person).match(`__Host-gw-${id}=([^;]*)`)?.[0] ?? '')
    const path = whereTo(answer)
    assert.equal((await app.get(path, { cookie: other ?? '' })).status, 403)
    assert.equal((await app.get(path, { cookie: own ?? '' })).status, 302)
  })

  test('carried to the callback of another browser opens no session', async () => {
    const { person, state } = await depart()
    const path = whereTo(await comeBack(person, state))
    const victim = await depart()
    assert.equal((await victim.person.get(path)).status, 403)
    assert.equal((await openHosted(app).get(path)).status, 403)
    assert.equal((await person.get(path)).status, 302)
  })

  test('counts once: of fifty at once one leads on, and of fifty callbacks one opens a session', async () => {
    const { person, state, subject } = await depart()
    const cookie = cookiesOf(person)
    const path = `/auth/oidc-auth-redirect?${new URLSearchParams({ state, code: 'c' })}`
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.get(path, { cookie })))
    // Whoever comes after the winner finds either the trip or the whole login at its end.
    const on = answers.map(({ headers }) => headers.get('location') ?? '').filter((to) => to.startsWith(CALLBACK_PATH))
    assert.equal(on.length, 1)
    const callbacks = await Promise.all(Array.from({ length: 50 }, () => app.get(on[0] ?? '', { cookie })))
    assert.deepEqual(callbacks.map(({ status }) => status).sort(), [302, ...Array(49).fill(403)])
    const sessions = await app.rows(
      'select s.id from sessions s join identities i on i.user_id = s.user_id where i.subject = ?',
      subject,
    )
    assert.equal(sessions.length, 1)
    refusedOnPage(await person.get(path), ENDED)
  })

  test('that comes too late, is an error or comes from nowhere is told in words, never in the provider’s', async () => {
    for (const [error, words] of Object.entries({
      access_denied: /cancelled or refused/,
      temporarily_unavailable: /does not answer/,
      invalid_scope: /did not work/,
    })) {
      const { person, state } = await depart()
      const answer = await comeBack(person, state, { error, error_description: '<script>internal' })
      await assertToldWhy(person, answer, words)
      assert.doesNotMatch((await person.get(whereTo(answer))).text, /internal|invalid_scope/)
    }
    const slow = await depart()
    await app.wait(601)
    await assertToldWhy(slow.person, await comeBack(slow.person, slow.state), /took too long/)
    await app.wait(1801)
    refusedOnPage(await comeBack(slow.person, slow.state), ENDED)
  })
})

describe('somebody whom the provider vouches for', () => {
  const closed = (wishes: object = {}) => makeConnectedWorld(app, idp.connection, { tenant: forService(), ...wishes })
  const verified = { user: { emailVerified: true } }
  const adaOf = ({ user }: World) => ({ email: user.email })

  test('and who is no member comes in only by the tenant’s policy', async () => {
    const { person, state, subject } = await depart(await closed())
    await assertToldWhy(person, await comeBack(person, state), /No account here goes with this login/)
    await assertNobodyCame(subject)
  })

  test('and belongs to another tenant does not become a member by logging in', async () => {
    const shared = await create<{ id: string }>(app, '/v1/connections', { ...idp.connection, tenantId: null })
    const home = await makeWorld(app, { tenant: forService(), ...verified })
    const open = await makeWorld(app, { tenant: forService({ signUp: openSignUp() }) })
    const subject = newSubject()
    const first = await depart(home, subject, adaOf(home))
    assert.equal((await first.person.follow(await comeBack(first.person, first.state))).url.href, SERVICE)
    const { person, state } = await depart(open, subject, adaOf(home))
    await assertToldWhy(person, await comeBack(person, state), /No account here goes with this login/)
    const members = await app.rows('select tenant_id from memberships where user_id = ?', home.user.id)
    assert.deepEqual(members, [{ tenant_id: home.tenant.id }])

    await app.admin.delete(`/v1/users/${home.user.id}/memberships/${home.membership.id}`)
    await app.admin.patch(`/v1/tenants/${home.tenant.id}`, { signUp: openSignUp() })
    const again = await depart(home, subject, adaOf(home))
    const back = await comeBack(again.person, again.state)
    assert.equal((await again.person.follow(back)).url.href, SERVICE, 'whose tenant it is becomes a member')
    await app.admin.delete(`/v1/connections/${shared.id}`)
  })

  for (const [name, change] of [
    [
      'an inactive membership',
      (of: World) => [`/v1/users/${of.user.id}/memberships/${of.membership.id}`, { status: 2 }],
    ],
    ['a blocked account', (of: World) => [`/v1/users/${of.user.id}`, { status: 'blocked' }]],
  ] as const)
    test(`but has ${name} is refused`, async () => {
      const own = await closed(verified)
      const { person, state } = await depart(own, newSubject(), adaOf(own))
      const [path, body] = change(own)
      await app.admin.patch(String(path), body)
      await assertToldWhy(person, await comeBack(person, state), /cannot be used at the moment/)
      const rows = await app.rows('select login_type, method from login_activity where actor = ?', own.user.id)
      assert.deepEqual(rows, [{ login_type: 'FAILED', method: 'oidc' }])
    })

  test('is refused when the tenant is suspended, the connection goes or its method is taken back meanwhile', async () => {
    const suspended = await closed()
    const first = await depart(suspended)
    await app.admin.patch(`/v1/tenants/${suspended.tenant.id}`, { status: 'suspended' })
    assert.equal((await comeBack(first.person, first.state)).status, 404)
    const own = await closed(verified)
    const second = await depart(own, newSubject(), adaOf(own))
    await app.admin.patch(`/v1/tenants/${own.tenant.id}`, { loginMethods: ['password'] })
    await assertToldWhy(second.person, await comeBack(second.person, second.state), /cancelled or refused/)
    const gone = await closed(verified)
    const third = await depart(gone, newSubject(), adaOf(gone))
    await app.admin.delete(`/v1/connections/${gone.connection.id}`)
    await assertToldWhy(third.person, await comeBack(third.person, third.state), /took too long, or was used/)
  })
})
