import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { makeConnectedWorld, openSignUp } from '../support/federation.ts'
import {
  claimsOf,
  newSubject,
  type Stage,
  setStage,
  startOwn,
  testThatItLetsPeopleIn,
} from '../support/hostile-login.ts'

let app: App
let stage: Stage

before(async () => {
  app = await startApp()
  stage = await setStage(app)
})
after(() => stage.idp.stop())

testThatItLetsPeopleIn(() => stage, 'before')

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
    test(`${what} is refused`, () => stage.assertRefused({ claims: atOnce(claims) }))

  test('without a signature is refused', () =>
    stage.assertRefused({ sign: (claims) => new UnsecuredJWT(claims).encode() }))

  test('whose MAC is keyed with the public key is refused', () =>
    stage.assertRefused({
      sign: (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'first' })
          .sign(new TextEncoder().encode(JSON.stringify(stage.idp.publicJwk()))),
    }))

  test('whose MAC is keyed with our own client secret is refused', () =>
    stage.assertRefused({
      sign: (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(stage.idp.connection.clientSecret.padEnd(32, '0'))),
    }))

  test('signed by a stranger, under the right name or with the key beside it, is refused', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = await exportJWK(publicKey)
    for (const header of [{ kid: 'first' }, { jwk }, { kid: 'first', jku: 'https://evil.example/jwks', jwk }])
      await stage.assertRefused({
        sign: (claims: JWTPayload) =>
          new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey),
      })
  })

  test('that is no token at all, or missing, is refused', async () => {
    for (const idToken of ['x', 'a.b.c', '..', undefined, 7, null])
      await stage.assertRefused({ answer: { id_token: idToken } })
  })
})

describe('the provider’s keys', () => {
  test('are asked for again once when one is unknown, and then not for a minute', async (t) => {
    const own = await startOwn(t, app)
    const client = await makeConnectedWorld(app, own.connection, { tenant: { signUp: openSignUp() } })
    const attempt = async () => {
      const { visitor, state, nonce } = await stage.depart(client)
      own.wish({ claims: { ...claimsOf(newSubject()), nonce } })
      return (await stage.comeBack(visitor, { code: 'c', state })).told
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

testThatItLetsPeopleIn(() => stage, 'after')
