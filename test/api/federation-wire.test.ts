import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PROVIDERS, type ProviderName } from '../../src/core/federation/providers.ts'
import { type App, startApp } from '../support/app.ts'
import { invalidWith, missing, mustBe, refusedByStrategy, refusedWith, unknown } from '../support/auth-errors.ts'
import { type ConnectedWorld, clientForm, connect, makeConnectedWorld } from '../support/federation.ts'
import { type Idp, type StandIn, startIdp } from '../support/idp.ts'
import { type PlainIdp, startPlainIdp } from '../support/idp-plain.ts'
import { ORIGIN } from '../support/variables.ts'
import { makeWorld } from '../support/world.ts'

/** The contract's own list: every path of the seed, and one for OpenID providers of no name. */
const PATHS: Record<ProviderName, { start: string; callback: string; byGet: boolean }> = {
  google: { start: '/auth/google', callback: '/auth/google-auth-redirect', byGet: true },
  apple: { start: '/auth/oauth-apple', callback: '/auth/apple-oauth-redirect', byGet: false },
  azure: { start: '/auth/azure', callback: '/auth/azure-oauth-redirect', byGet: true },
  facebook: { start: '/auth/facebook', callback: '/auth/facebook-auth-redirect', byGet: false },
  instagram: { start: '/auth/instagram', callback: '/auth/instagram-auth-redirect', byGet: false },
  keycloak: { start: '/auth/keycloak', callback: '/auth/keycloak-auth-redirect', byGet: true },
  cognito: { start: '/auth/cognito', callback: '/auth/cognito-auth-redirect', byGet: true },
  oidc: { start: '/auth/oidc', callback: '/auth/oidc-auth-redirect', byGet: false },
}
const NAMES = Object.keys(PATHS) as ProviderName[]

let app: App
let idp: Idp
let plain: PlainIdp
let world: ConnectedWorld

before(async () => {
  ;[app, idp, plain] = await Promise.all([startApp(), startIdp(), startPlainIdp()])
  world = await makeConnectedWorld(app, await idp.connection('google'))
  for (const kind of NAMES.filter((name) => name !== 'google' && name !== 'instagram' && name !== 'facebook'))
    await connect(app, world, await idp.connection(kind as StandIn))
  for (const kind of ['facebook', 'instagram'] as const) await connect(app, world, plain.connection(kind))
})
after(() => Promise.all([idp.stop(), plain.stop()]))

const form = (fields: Record<string, string>) => new URLSearchParams(fields)
const start = (fields: Record<string, string>, path = '/auth/google') => app.post(path, form(fields))

describe('a start', () => {
  for (const name of NAMES)
    test(`${name}: goes to the provider with what it needs, and binds the browser`, async () => {
      const { status, headers, text } = await start({ ...clientForm(world), state: 'mine' }, PATHS[name].start)
      assert.equal(status, 302)
      assert.equal(headers.get('content-type'), 'text/plain')
      assert.equal(text, `Found. Redirecting to ${headers.get('location')}`)
      const location = new URL(headers.get('location') ?? '')
      const query = Object.fromEntries(location.searchParams)
      assert.equal(query['response_type'], 'code')
      assert.equal(query['client_id'], `${name}-client`)
      assert.equal(query['redirect_uri'], `${ORIGIN}${PATHS[name].callback}`)
      assert.match(String(query['state']), /^[\w-]{43}$/)
      const { openid, pkce } = { openid: !['facebook', 'instagram'].includes(name), pkce: name !== 'instagram' }
      assert.equal(/^[\w-]{43}$/.test(query['nonce'] ?? ''), openid)
      assert.equal(query['code_challenge_method'], pkce ? 'S256' : undefined)
      assert.equal(query['response_mode'], name === 'apple' ? 'form_post' : undefined)

      const [cookie = '', ...more] = headers.getSetCookie()
      assert.deepEqual(more, [])
      const sameSite = name === 'apple' ? 'None' : 'Lax'
      const shape = `^__Host-login-[\\w-]{10}=[\\w-]{43}; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=${sameSite}$`
      assert.match(cookie, new RegExp(shape))
      assert.doesNotMatch(location.href, new RegExp(cookie.split('=')[1]?.split(';')[0] ?? '-'))
    })

  test('never has the same state, nonce or challenge twice', async () => {
    const seen = new Set<string | null>()
    for (let i = 0; i < 5; i++) {
      const { searchParams } = new URL((await start(clientForm(world))).headers.get('location') ?? '')
      for (const name of ['state', 'nonce', 'code_challenge']) seen.add(searchParams.get(name))
    }
    assert.equal(seen.size, 15)
  })

  test('looks at the form before it looks at the client', async () => {
    invalidWith(await start({}), [missing('client_id'), missing('client_secret')])
    invalidWith(await start({ ...clientForm(world), username: 'x' }), [unknown('username')])
    const twice = new URLSearchParams([
      ['client_id', 'a'],
      ['client_id', 'b'],
      ['client_secret', 'c'],
    ])
    invalidWith(await app.post('/auth/google', twice), [mustBe('string', '/client_id')])
    assert.equal((await start({ ...clientForm(world), codeChallenge: 'too short' })).status, 422)
    assert.equal((await start({ ...clientForm(world), state: 'a\u0000b' })).status, 422)
    assert.equal((await start({ ...clientForm(world), state: 'a'.repeat(2001) })).status, 422)
  })

  test('takes nothing but a form', async () => {
    const json = await app.post('/auth/google', clientForm(world))
    refusedAsType(json, 'application/json')
    refusedAsType(await app.post('/auth/google'), 'application/json')
    refusedAsType(await app.post('/auth/google', 'x', { 'content-type': 'text/plain' }), 'text/plain')
    const credentials = new URLSearchParams(clientForm(world))
    assert.equal((await app.post(`/auth/google?${credentials}`)).status, 415)
  })

  test('needs the client', async () => {
    const { client } = world
    refusedWith(await start({ client_id: '', client_secret: 'x' }), 401, 'Unauthorized')
    for (const wrong of [{ client_id: 'nobody' }, { client_secret: 'wrong' }, { client_secret: '' }])
      refusedByStrategy(await start({ ...clientForm({ client }), ...wrong }), 'Client Verification Failed')
  })

  test('needs a connection, and somewhere to go back to', async () => {
    const bare = await makeWorld(app)
    refusedWith(await start(clientForm(bare)), 404, 'There is no such connection')
    const nowhere = await makeConnectedWorld(app, await idp.connection('google'), { client: { redirectUrl: null } })
    refusedWith(await start(clientForm(nowhere)), 401, 'Client Invalid')
  })

  test('of a public client needs no secret that is right', async () => {
    const open = await makeConnectedWorld(app, await idp.connection('google'), { client: { type: 'public' } })
    assert.equal((await start({ client_id: open.client.clientId, client_secret: '' })).status, 302)
  })
})

describe('a start by GET', () => {
  for (const name of NAMES)
    test(`${name}: ${PATHS[name].byGet ? 'works, and is called deprecated' : 'is not there'}`, async () => {
      const { status, headers } = await app.get(`${PATHS[name].start}?${form({ ...clientForm(world), state: 's' })}`)
      assert.equal(status, PATHS[name].byGet ? 302 : 404)
      if (PATHS[name].byGet) assert.match(headers.get('deprecation') ?? '', /^@\d+$/)
    })

  test('needs the client too', async () => {
    refusedWith(await app.get('/auth/google'), 401, 'Unauthorized')
    refusedByStrategy(await app.get('/auth/google?client_id=nobody&client_secret=x'), 'Client Verification Failed')
    const { status, headers } = await app.get(`/auth/google?client_id=${world.client.clientId}`)
    assert.equal(status, 401)
    assert.match(headers.get('deprecation') ?? '', /^@/)
  })
})

describe('a callback', () => {
  test('is there for each provider, by POST only where the provider posts', async () => {
    for (const name of NAMES) {
      refusedWith(await app.get(PATHS[name].callback), 401, 'Client Invalid')
      const posted = await app.post(PATHS[name].callback, form({ state: 'x', code: 'y' }))
      if (name === 'apple') refusedWith(posted, 401, 'Client Invalid')
      else refusedWith(posted, 404, 'API not found !')
    }
    refusedAsType(await app.post(PATHS.apple.callback, { state: 'x' }), 'application/json')
  })

  test('is listed where the table of providers says', () => {
    for (const name of NAMES) {
      const { start, callback, byGet } = PATHS[name]
      assert.deepEqual([PROVIDERS[name].paths, PROVIDERS[name].startsByGet], [{ start, callback }, byGet])
    }
  })
})

function refusedAsType(answer: Awaited<ReturnType<typeof start>>, type: string) {
  assert.equal(answer.status, 415)
  const message = `Content-type ${type} does not match [application/x-www-form-urlencoded].`
  const error = { statusCode: 415, name: 'UnsupportedMediaTypeError', message, code: 'UNSUPPORTED_MEDIA_TYPE' }
  assert.deepEqual(answer.body, { error })
}
