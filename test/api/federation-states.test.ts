import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refusedOnPage } from '../support/auth-errors.ts'
import { connect, makeConnectedWorld } from '../support/federation.ts'
import {
  CALLBACK,
  claimsOf,
  newSubject,
  type Stage,
  setStage,
  testThatItLetsPeopleIn,
} from '../support/hostile-login.ts'
import { ORIGIN } from '../support/variables.ts'
import { openVisitor } from '../support/visitor.ts'
import { makeWorld } from '../support/world.ts'

const ENDED = /This login has ended/

let app: App
let stage: Stage

before(async () => {
  app = await startApp()
  stage = await setStage(app)
})
after(() => stage.idp.stop())

testThatItLetsPeopleIn(() => stage, 'before')

describe('a state', () => {
  test('that was used is refused, however often it comes', async () => {
    const { visitor, state, subject, told } = await stage.logIn()
    assert.ok(told['code'])
    const again = await stage.comeBack(visitor, { code: 'another code', state })
    refusedOnPage(again.answer, ENDED)
    assert.equal((await app.rows('select * from identities where subject = ?', subject)).length, 1)
  })

  test('of fifty returns at once one gets in', async () => {
    const { visitor, state, nonce } = await stage.depart()
    stage.idp.wish({ claims: { ...claimsOf(newSubject()), nonce } })
    const cookie = [...(visitor.jar.get(ORIGIN) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
    const path = `/auth/oidc-auth-redirect?${new URLSearchParams({ code: 'c', state })}`
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.get(path, { cookie })))
    const told = answers.map(({ headers }) => new URL(headers.get('location') ?? '').searchParams)
    assert.equal(told.filter((given) => given.has('code')).length, 1)
    assert.deepEqual([...new Set(told.map((given) => given.get('error')))].sort(), ['access_denied', null])
  })

  test('that is missing, made up or no state at all is refused', async () => {
    const { visitor } = await stage.depart()
    const states = [undefined, '', 'x', 'client_id=web', 'A'.repeat(43), '%00', `${'a'.repeat(5000)}`]
    for (const state of states) {
      const { answer } = await stage.comeBack(visitor, { code: 'c', ...(state === undefined ? {} : { state }) })
      refusedOnPage(answer, ENDED)
    }
  })

  test('of another browser is refused, and still good for its own', async () => {
    const { visitor, state, nonce } = await stage.depart()
    const subject = newSubject()
    stage.idp.wish({ claims: { ...claimsOf(subject), nonce } })
    for (const other of [openVisitor(app), (await stage.depart()).visitor])
      refusedOnPage((await stage.comeBack(other, { code: 'c', state })).answer, ENDED)
    await stage.assertNothingStored(subject)
    assert.ok((await stage.comeBack(visitor, { code: 'c', state })).told['code'])
  })

  test('is no good with the cookie of another login in the same browser', async () => {
    const first = await stage.depart()
    const second = await stage.depart()
    const stolen = second.visitor.jar.get(ORIGIN) ?? new Map<string, string>()
    const [secret = ''] = stolen.values()
    const [name = ''] = first.visitor.jar.get(ORIGIN)?.keys() ?? []
    first.visitor.jar.set(ORIGIN, new Map([[name, secret]]))
    refusedOnPage((await stage.comeBack(first.visitor, { code: 'c', state: first.state })).answer, ENDED)
  })

  test('leads back to the client that it was made for, whoever the browser meant', async () => {
    const other = await makeWorld(app, { client: { redirectUrl: 'https://other.example/done' } })
    await connect(app, other, stage.idp.connection)
    const { visitor, state, nonce } = await stage.depart()
    const theirs = await stage.depart(other)
    stage.idp.wish({ claims: { ...claimsOf(newSubject()), nonce } })
    const { answer, told } = await stage.comeBack(visitor, { code: 'c', state })
    assert.ok(answer.headers.get('location')?.startsWith('https://app.example/login/success?'))
    const exchanged = await app.post('/auth/token', { code: told['code'], clientId: other.client.clientId })
    assert.equal(exchanged.status, 401)
    refusedOnPage((await stage.comeBack(visitor, { code: 'c', state: theirs.state })).answer, ENDED)
  })

  test('that is too old tells the client so', async () => {
    const { visitor, state } = await stage.depart(stage.world, { state: 'mine' })
    await app.wait(601)
    const { told } = await stage.comeBack(visitor, { code: 'c', state })
    assert.deepEqual(told, {
      error: 'access_denied',
      error_description: 'This login is expired or was used already',
      state: 'mine',
    })
  })

  test('does not serve another provider’s callback', async () => {
    const { visitor, state } = await stage.depart()
    for (const path of [
      'google-auth-redirect',
      'keycloak-auth-redirect',
      'facebook-auth-redirect',
      'apple-oauth-redirect',
    ])
      refusedOnPage((await stage.comeBack(visitor, { code: 'c', state }, `${ORIGIN}/auth/${path}`)).answer, ENDED)
  })

  test('ends when the client is disabled or the connection is gone meanwhile', async () => {
    const own = await makeConnectedWorld(app, stage.idp.connection)
    const first = await stage.depart(own)
    await app.admin.delete(`/v1/connections/${own.connection.id}`)
    assert.equal(
      (await stage.comeBack(first.visitor, { code: 'c', state: first.state })).told['error'],
      'access_denied',
    )
    await connect(app, own, stage.idp.connection)
    const second = await stage.depart(own)
    await app.admin.patch(`/v1/clients/${own.client.id}`, { status: 'disabled' })
    const { answer } = await stage.comeBack(second.visitor, { code: 'c', state: second.state })
    refusedOnPage(answer, /Please tell whoever runs it/)
  })
})

describe('an answer of the provider', () => {
  test('with the `iss` of another is refused (RFC 9207)', async () => {
    const { visitor, state, nonce } = await stage.depart()
    stage.idp.wish({ claims: { ...claimsOf(newSubject()), nonce } })
    const { told } = await stage.comeBack(visitor, { code: 'c', state, iss: 'https://accounts.google.com' })
    assert.equal(told['error'], 'server_error')
  })

  test('with an error tells the client in our words, never in the provider’s', async () => {
    const cases = {
      access_denied: 'access_denied',
      login_required: 'access_denied',
      temporarily_unavailable: 'temporarily_unavailable',
      invalid_scope: 'server_error',
    }
    for (const [error, expected] of Object.entries(cases)) {
      const { visitor, state } = await stage.depart()
      const { told } = await stage.comeBack(visitor, { error, error_description: '<script>internal</script>', state })
      assert.equal(told['error'], expected)
      assert.doesNotMatch(String(told['error_description']), /script|internal/)
    }
  })

  test('without a code, or with two, is refused', async () => {
    for (const query of ['', '&code=', '&code=a&code=b', '&id_token=x&code=a', '&response=x']) {
      const { visitor, state } = await stage.depart()
      const answer = await visitor.ask(`${CALLBACK}?state=${state}${query}`)
      assert.match(answer.headers.get('location') ?? '', /error=server_error/)
    }
  })
})

testThatItLetsPeopleIn(() => stage, 'after')
