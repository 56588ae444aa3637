import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { after, before, describe, type TestContext, test } from 'node:test'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { refusedWith } from '../support/auth-errors.ts'
import {
  type ConnectedWorld,
  clientForm,
  connect,
  makeConnectedWorld,
  openSignUp,
  tokensFor,
} from '../support/federation.ts'
import { type HostileIdp, startHostileIdp, type Wishes } from '../support/idp-hostile.ts'
import { STORE } from '../support/service.ts'
import { ORIGIN } from '../support/variables.ts'
import { openVisitor, type Visitor } from '../support/visitor.ts'
import { makeWorld, type World } from '../support/world.ts'

const CALLBACK = `${ORIGIN}/auth/oidc-auth-redirect`

let app: App
let idp: HostileIdp
let world: ConnectedWorld

before(async () => {
  app = await startApp()
  idp = await startHostileIdp(app)
  world = await makeConnectedWorld(app, idp.connection, { tenant: { signUp: openSignUp() } })
})
after(() => idp.stop())

/** workerd is asked not to follow, and does not; but wrangler's harness puts Node's fetch in between, which does. */
const SEES_REDIRECTS = { skip: STORE === 'libsql' ? false : 'the harness follows redirects before workerd sees them' }

/** One that is not shared. */
async function startOwn(t: TestContext): Promise<HostileIdp> {
  const own = await startHostileIdp(app)
  t.after(() => own.stop())
  return own
}

let people = 0
const newSubject = () => `hostile-${Date.now()}-${people++}`
const claimsOf = (subject: string) => ({ sub: subject, email: `${subject}@example.com`, email_verified: true })

/** As far as the provider: the browser, and what the provider was told. */
async function depart(of: Pick<World, 'client'> = world, path = '/auth/oidc', more: Record<string, string> = {}) {
  const visitor = openVisitor(app)
  const { headers, text } = await visitor.ask(`${ORIGIN}${path}`, new URLSearchParams({ ...clientForm(of), ...more }))
  const location = headers.get('location')
  assert.ok(location, text)
  const { searchParams } = new URL(location)
  return { visitor, state: searchParams.get('state') ?? '', nonce: searchParams.get('nonce') ?? '' }
}

/** Back from it; the answer, and what the client is told if it is told anything. */
async function comeBack(visitor: Visitor, parameters: Record<string, string>, callback = CALLBACK) {
  const answer = await visitor.ask(`${callback}?${new URLSearchParams(parameters)}`)
  const location = answer.headers.get('location')
  return { answer, told: location ? Object.fromEntries(new URL(location).searchParams) : {} }
}

/** A whole login at a provider that behaves as wished; `subject` is whom it claims. */
async function logIn(wishes: Wishes = {}, subject = newSubject()) {
  const { visitor, state, nonce } = await depart()
  idp.wish({ ...wishes, claims: { ...claimsOf(subject), nonce, ...wishes.claims } })
  const startedAt = Date.now()
  const { told, answer } = await comeBack(visitor, { code: 'a code', state })
  return { told, answer, subject, state, visitor, tookMs: Date.now() - startedAt }
}

async function assertNothingStored(subject: string) {
  assert.deepEqual(await app.rows('select * from identities where subject = ?', subject), [])
  assert.deepEqual(await app.rows('select * from users where email_key = ?', `${subject}@example.com`), [])
}

async function assertRefused(wishes: Wishes, error = 'server_error') {
  const { told, subject, tookMs } = await logIn(wishes)
  assert.equal(told['error'], error)
  assert.equal(told['code'], undefined)
  assert.ok(told['error_description'])
  assert.ok(tookMs < 9_000, `${tookMs} ms`)
  await assertNothingStored(subject)
}

/** Before and after the rest: what is refused is refused for what is wrong with it. */
const behaves = async () => void (await tokensFor(app, world, (await logIn()).told))

test('a provider that behaves lets people in', behaves)

describe('a state', () => {
  test('that was used is refused, however often it comes', async () => {
    const { visitor, state, subject, told } = await logIn()
    assert.ok(told['code'])
    const again = await comeBack(visitor, { code: 'another code', state })
    refusedWith(again.answer, 401, 'Client Invalid')
    assert.equal((await app.rows('select * from identities where subject = ?', subject)).length, 1)
  })

  test('of fifty returns at once one gets in', async () => {
    const { visitor, state, nonce } = await depart()
    idp.wish({ claims: { ...claimsOf(newSubject()), nonce } })
    const cookie = [...(visitor.jar.get(ORIGIN) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
    const path = `/auth/oidc-auth-redirect?${new URLSearchParams({ code: 'c', state })}`
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.get(path, { cookie })))
    const told = answers.map(({ headers }) => new URL(headers.get('location') ?? '').searchParams)
    assert.equal(told.filter((given) => given.has('code')).length, 1)
    assert.deepEqual([...new Set(told.map((given) => given.get('error')))].sort(), ['access_denied', null])
  })

  test('that is missing, made up or no state at all is refused', async () => {
    const { visitor } = await depart()
    const states = [undefined, '', 'x', 'client_id=web', 'A'.repeat(43), '%00', `${'a'.repeat(5000)}`]
    for (const state of states) {
      const { answer } = await comeBack(visitor, { code: 'c', ...(state === undefined ? {} : { state }) })
      refusedWith(answer, 401, 'Client Invalid')
    }
  })

  test('of another browser is refused, and still good for its own', async () => {
    const { visitor, state, nonce } = await depart()
    const subject = newSubject()
    idp.wish({ claims: { ...claimsOf(subject), nonce } })
    for (const other of [openVisitor(app), (await depart()).visitor])
      refusedWith((await comeBack(other, { code: 'c', state })).answer, 401, 'Client Invalid')
    await assertNothingStored(subject)
    assert.ok((await comeBack(visitor, { code: 'c', state })).told['code'])
  })

  test('is no good with the cookie of another login in the same browser', async () => {
    const first = await depart()
    const second = await depart()
    const stolen = second.visitor.jar.get(ORIGIN) ?? new Map<string, string>()
    const [secret = ''] = stolen.values()
    const [name = ''] = first.visitor.jar.get(ORIGIN)?.keys() ?? []
    first.visitor.jar.set(ORIGIN, new Map([[name, secret]]))
    refusedWith((await comeBack(first.visitor, { code: 'c', state: first.state })).answer, 401, 'Client Invalid')
  })

  test('leads back to the client that it was made for, whoever the browser meant', async () => {
    const other = await makeWorld(app, { client: { redirectUrl: 'https://other.example/done' } })
    await connect(app, other, idp.connection)
    const { visitor, state, nonce } = await depart()
    const theirs = await depart(other)
    idp.wish({ claims: { ...claimsOf(newSubject()), nonce } })
    const { answer, told } = await comeBack(visitor, { code: 'c', state })
    assert.ok(answer.headers.get('location')?.startsWith('https://app.example/login/success?'))
    const exchanged = await app.post('/auth/token', { code: told['code'], clientId: other.client.clientId })
    assert.equal(exchanged.status, 401)
    refusedWith((await comeBack(visitor, { code: 'c', state: theirs.state })).answer, 401, 'Client Invalid')
  })

  test('that is too old tells the client so', async () => {
    const { visitor, state } = await depart(world, '/auth/oidc', { state: 'mine' })
    await app.wait(601)
    const { told } = await comeBack(visitor, { code: 'c', state })
    assert.deepEqual(told, {
      error: 'access_denied',
      error_description: 'This login is expired or was used already',
      state: 'mine',
    })
  })

  test('does not serve another provider’s callback', async () => {
    const { visitor, state } = await depart()
    for (const path of [
      'google-auth-redirect',
      'keycloak-auth-redirect',
      'facebook-auth-redirect',
      'apple-oauth-redirect',
    ])
      refusedWith(
        (await comeBack(visitor, { code: 'c', state }, `${ORIGIN}/auth/${path}`)).answer,
        401,
        'Client Invalid',
      )
  })

  test('ends when the client is disabled or the connection is gone meanwhile', async () => {
    const own = await makeConnectedWorld(app, idp.connection)
    const first = await depart(own)
    await app.admin.delete(`/v1/connections/${own.connection.id}`)
    assert.equal((await comeBack(first.visitor, { code: 'c', state: first.state })).told['error'], 'access_denied')
    await connect(app, own, idp.connection)
    const second = await depart(own)
    await app.admin.patch(`/v1/clients/${own.client.id}`, { status: 'disabled' })
    const { answer } = await comeBack(second.visitor, { code: 'c', state: second.state })
    refusedWith(answer, 401, { message: 'Client Verification Failed' })
  })
})

describe('an answer of the provider', () => {
  test('with the `iss` of another is refused (RFC 9207)', async () => {
    const { visitor, state, nonce } = await depart()
    idp.wish({ claims: { ...claimsOf(newSubject()), nonce } })
    const { told } = await comeBack(visitor, { code: 'c', state, iss: 'https://accounts.google.com' })
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
      const { visitor, state } = await depart()
      const { told } = await comeBack(visitor, { error, error_description: '<script>internal</script>', state })
      assert.equal(told['error'], expected)
      assert.doesNotMatch(String(told['error_description']), /script|internal/)
    }
  })

  test('without a code, or with two, is refused', async () => {
    for (const query of ['', '&code=', '&code=a&code=b', '&id_token=x&code=a', '&response=x']) {
      const { visitor, state } = await depart()
      const answer = await visitor.ask(`${CALLBACK}?state=${state}${query}`)
      assert.match(answer.headers.get('location') ?? '', /error=server_error/)
    }
  })
})

describe('an id token', () => {
  const fromNow = (seconds: number) => () => Math.floor(app.now().getTime() / 1000) + seconds
  const atOnce = (claims: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(claims).map(([name, value]) => [name, typeof value === 'function' ? value() : value]),
    )
  const bad: Record<string, Record<string, unknown>> = {
    'of another issuer': { iss: 'https://accounts.google.com' },
    'for another client': { aud: 'another-client' },
    'for several clients without saying which asked': { aud: ['hostile-client', 'another-client'] },
    'that another client asked for': { aud: ['hostile-client', 'another-client'], azp: 'another-client' },
    'that another client asked for, for us alone': { azp: 'another-client' },
    'of another login': { nonce: 'A'.repeat(43) },
    'without a nonce': { nonce: undefined },
    'that has expired': { exp: fromNow(-120) },
    'that never expires': { exp: undefined },
    'that is not valid yet': { nbf: fromNow(600) },
    'without a subject': { sub: undefined },
    'with an empty subject': { sub: '' },
    'with a subject that is no text': { sub: { $ne: null } },
    'with a subject of 10,000 characters': { sub: 'a'.repeat(10_000) },
    'with a subject of control characters': { sub: 'a\u0000b' },
  }
  for (const [what, claims] of Object.entries(bad))
    test(`${what} is refused`, () => assertRefused({ claims: atOnce(claims) }))

  test('without a signature is refused', () => assertRefused({ sign: (claims) => new UnsecuredJWT(claims).encode() }))

  test('whose MAC is keyed with the public key is refused', () =>
    assertRefused({
      sign: (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'first' })
          .sign(new TextEncoder().encode(JSON.stringify(idp.publicJwk()))),
    }))

  test('whose MAC is keyed with our own client secret is refused', () =>
    assertRefused({
      sign: (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(idp.connection.clientSecret.padEnd(32, '0'))),
    }))

  test('signed by a stranger, under the right name or with the key beside it, is refused', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = await exportJWK(publicKey)
    for (const header of [{ kid: 'first' }, { jwk }, { kid: 'first', jku: 'https://evil.example/jwks', jwk }])
      await assertRefused({
        sign: (claims: JWTPayload) =>
          new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey),
      })
  })

  test('that is no token at all, or missing, is refused', async () => {
    for (const idToken of ['x', 'a.b.c', '..', undefined, 7, null])
      await assertRefused({ answer: { id_token: idToken } })
  })
})

describe('the provider’s keys', () => {
  test('are asked for again once when one is unknown, and then not for a minute', async (t) => {
    const own = await startOwn(t)
    const client = await makeConnectedWorld(app, own.connection, { tenant: { signUp: openSignUp() } })
    const attempt = async () => {
      const { visitor, state, nonce } = await depart(client)
      own.wish({ claims: { ...claimsOf(newSubject()), nonce } })
      return (await comeBack(visitor, { code: 'c', state })).told
    }
    assert.ok((await attempt())['code'])
    assert.equal(own.asked['/jwks'], 1)
    assert.ok((await attempt())['code'])
    assert.equal(own.asked['/jwks'], 1)

    await own.rotate('second')
    assert.ok((await attempt())['code'])
    assert.equal(own.asked['/jwks'], 2)

    await own.rotate('never published', { publish: false })
    for (let login = 0; login < 3; login++) assert.equal((await attempt())['error'], 'server_error')
    assert.equal(own.asked['/jwks'], 2)
  })
})

describe('a provider that', () => {
  const json = (response: ServerResponse, status: number, body: unknown) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body))

  test('answers slowly is waited for five seconds', () =>
    assertRefused({ instead: { '/token': () => {} } }, 'temporarily_unavailable'))

  test('sends its answer byte by byte is waited for five seconds', () =>
    assertRefused(
      {
        instead: {
          '/token': (response) => {
            response.writeHead(200, { 'content-type': 'application/json' })
            const drip = setInterval(() => response.write(' '), 100)
            response.on('close', () => clearInterval(drip))
          },
        },
      },
      'temporarily_unavailable',
    ))

  test('sends a huge answer is not listened to', () =>
    assertRefused({
      instead: { '/token': (response) => json(response, 200, `{"access_token":"${'a'.repeat(2 ** 20)}"}`) },
    }))

  test('sends endlessly is not listened to', () =>
    assertRefused({
      instead: {
        '/token': (response) => {
          response.writeHead(200, { 'content-type': 'application/json' })
          const more = () => void (!response.destroyed && response.write(' '.repeat(65_536), () => setImmediate(more)))
          more()
        },
      },
    }))

  test('answers something else than JSON objects is refused', async () => {
    for (const body of [
      '',
      '[]',
      'null',
      '{',
      '<html></html>',
      '"text"',
      '{"access_token":7}',
      '{"access_token":""}',
      '[[['.repeat(10_000),
    ])
      await assertRefused({ instead: { '/token': (response) => json(response, 200, body) } })
  })

  test('redirects is not followed', SEES_REDIRECTS, async (t) => {
    const canary = await startOwn(t)
    for (const status of [301, 302, 303, 307, 308])
      await assertRefused({
        instead: { '/token': (response) => response.writeHead(status, { location: `${canary.issuer}/token` }).end() },
      })
    assert.deepEqual(canary.asked, {})
  })

  test('refuses the code is not described to anybody', async () => {
    const { told, subject } = await logIn({
      instead: {
        '/token': (response) => json(response, 400, { error: 'invalid_grant', error_description: 'internal detail' }),
      },
    })
    assert.deepEqual(told['error_description'], 'The login provider gave no acceptable answer')
    await assertNothingStored(subject)
  })

  test('is down tells the client to try again, at the start too', async () => {
    await assertRefused({ instead: { '/token': (response) => json(response, 503, {}) } }, 'temporarily_unavailable')
    const gone = await makeConnectedWorld(app, { ...idp.connection, issuer: 'http://localhost:9' })
    const visitor = openVisitor(app)
    const { headers } = await visitor.ask(
      `${ORIGIN}/auth/oidc`,
      new URLSearchParams({ ...clientForm(gone), state: 'mine' }),
    )
    const told = new URL(headers.get('location') ?? '').searchParams
    assert.deepEqual([told.get('error'), told.get('state')], ['temporarily_unavailable', 'mine'])
  })

  test('says that it is somebody else is refused at the start', async (t) => {
    const liar = await startOwn(t)
    liar.wish({
      instead: {
        '/.well-known/openid-configuration': (response) =>
          json(response, 200, {
            issuer: idp.issuer,
            authorization_endpoint: `${liar.issuer}/authorize`,
            token_endpoint: `${liar.issuer}/token`,
          }),
      },
    })
    const own = await makeConnectedWorld(app, liar.connection)
    const { headers } = await openVisitor(app).ask(`${ORIGIN}/auth/oidc`, new URLSearchParams(clientForm(own)))
    assert.match(headers.get('location') ?? '', /^https:\/\/app\.example\/.*error=server_error/)
  })

  test('sends people to a script is refused at the start', async (t) => {
    const liar = await startOwn(t)
    const own = await makeConnectedWorld(app, liar.connection)
    for (const authorization of ['javascript:alert(1)', 'data:text/html,x', 'not a url']) {
      liar.wish({
        instead: {
          '/.well-known/openid-configuration': (response) =>
            json(response, 200, {
              issuer: liar.issuer,
              authorization_endpoint: authorization,
              token_endpoint: `${liar.issuer}/token`,
            }),
        },
      })
      const { headers } = await openVisitor(app).ask(`${ORIGIN}/auth/oidc`, new URLSearchParams(clientForm(own)))
      assert.match(headers.get('location') ?? '', /^https:\/\/app\.example\/.*error=server_error/)
    }
  })
})

test('a provider that behaves again lets people in again', behaves)
