/** What the commands for operators call: a new signing key, and a new master key. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { comeIn } from '../support/gateway.ts'
import { refusedFields } from '../support/problems.ts'
import { SECRETS } from '../support/variables.ts'
import { bearer, credentialsOf, getTokens, makeWorld, refresh } from '../support/world.ts'

const kidOf = ({ accessToken }: { accessToken: string }) =>
  JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString()).kid

const publishedBy = async (app: App) =>
  (await app.get<{ keys: { kid: string }[] }>('/.well-known/jwks.json')).body.keys.map(({ kid }) => kid)

describe('a new signing key', () => {
  test('signs at once; what the old one signed stays good', async () => {
    const app = await startApp()
    const world = await makeWorld(app)
    const before = await getTokens(app, world)
    const { status, body } = await app.admin.post<{ kid: string }>('/v1/signing-keys/rotate', { revoke: false })
    assert.equal(status, 201)
    const after = await getTokens(app, world)
    assert.equal(kidOf(after), body.kid)
    assert.notEqual(kidOf(before), body.kid)
    for (const tokens of [before, after]) {
      assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
      assert.ok((await publishedBy(app)).includes(kidOf(tokens)))
    }
    refusedFields(await app.admin.post('/v1/signing-keys/rotate', { revoke: 'yes' }), 'revoke')
  })

  test('after a theft is the only one', async () => {
    const app = await startApp({ LOG_LEVEL: 'info' })
    const world = await makeWorld(app)
    const before = await getTokens(app, world)
    const { body } = await app.admin.post<{ kid: string }>('/v1/signing-keys/rotate', { revoke: true })
    assert.deepEqual(await publishedBy(app), [body.kid])
    assert.equal((await app.get('/auth/me', bearer(before))).status, 401)
    assert.equal((await app.get('/auth/me', bearer(await getTokens(app, world)))).status, 200)
    const audit = await app.admin.get<{ items: { action: string }[] }>(`/v1/audit?targetId=${body.kid}`)
    assert.deepEqual(
      audit.body.items.map(({ action }) => action),
      ['signing-key.revoke'],
    )
  })
})

const freshStore = () => `file:${join(mkdtempSync(join(tmpdir(), 'gatehouse-')), 'gatehouse.db')}`

describe('another SIGNING_ALG', () => {
  for (const SIGNING_ALG of ['RS256', 'EdDSA'])
    test(`signs all that is signed: ${SIGNING_ALG}`, async () => {
      const app = await startApp({ SIGNING_ALG })
      const { world, browser } = await comeIn(app)
      const tokens = await getTokens(app, world)
      const { keys } = (await app.get<JSONWebKeySet>('/.well-known/jwks.json')).body
      assert.ok(keys.every(({ alg }) => alg === SIGNING_ALG))
      const verified = await jwtVerify(tokens.accessToken, createLocalJWKSet({ keys }))
      assert.equal(verified.protectedHeader.alg, SIGNING_ALG)
      assert.equal((await app.get('/auth/me', bearer(tokens))).status, 200)
      assert.equal((await browser.visit('GET', '/imsg-service/v1/token-is-set')).status, 200)
    })

  test('signs at once, and so does the one before when it comes back', LIBSQL_ONLY, async () => {
    const LIBSQL_URL = freshStore()
    const world = await makeWorld(await startApp({ LIBSQL_URL }))
    const earlier = []
    for (const SIGNING_ALG of ['ES256', 'RS256', 'ES256', 'EdDSA']) {
      const app = await startApp({ LIBSQL_URL, SIGNING_ALG })
      const tokens = await getTokens(app, world)
      assert.equal(decodeProtectedHeader(tokens.accessToken).alg, SIGNING_ALG)
      earlier.push(tokens)
      for (const each of earlier) assert.equal((await app.get('/auth/me', bearer(each))).status, 200)
      // The key that was replaced is retired, and then loses its private half.
      await app.upkeep()
      await app.wait(11 * 60)
      await app.upkeep()
    }
  })
})

describe('a new master key', LIBSQL_ONLY, () => {
  const LIBSQL_URL = freshStore()
  const MASTER_KEY = randomBytes(32).toString('base64url')

  test('takes over, after everything was sealed again', async () => {
    const first = await startApp({ LIBSQL_URL })
    const world = await makeWorld(first)
    const tokens = await getTokens(first, world)
    await first.admin.post(`/v1/clients/${world.client.id}/secret`, { overlapSeconds: 3600 })

    const both = await startApp({ LIBSQL_URL, MASTER_KEY, MASTER_KEY_PREVIOUS: SECRETS.MASTER_KEY })
    assert.equal((await both.post('/auth/login', credentialsOf(world))).status, 200)
    const reseal = () => both.admin.post<{ resealed: number; remaining: number }>('/v1/master-key/reseal', {})
    const { status, body } = await reseal()
    assert.equal(status, 200)
    assert.ok(body.resealed >= 5)
    assert.equal(body.remaining, 0)
    assert.deepEqual((await reseal()).body, { resealed: 0, remaining: 0, unprovable: 0 })

    const alone = await startApp({ LIBSQL_URL, MASTER_KEY })
    assert.equal((await alone.post('/auth/login', credentialsOf(world))).status, 200)
    assert.equal((await alone.get('/auth/me', bearer(tokens))).status, 200)
    const activity = await alone.rows('select token_payload from login_activity')
    assert.ok(activity.length > 0)
    assert.equal((await refresh(alone, tokens)).status, 401)
    assert.equal((await refresh(both, tokens)).status, 200)
  })
})
