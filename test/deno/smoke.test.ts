/** The same service on Deno: it starts by itself, with the rights that it is given, and keeps what it was told. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, askThrough } from '../support/app.ts'
import { startOnDeno } from '../support/deno.ts'
import { freshDatabase } from '../support/folder.ts'
import { secretsIn } from '../support/secrets.ts'
import {
  bearer,
  credentialsOf,
  getTokens,
  logOut,
  makeWorld,
  refresh,
  type Tokens,
  type World,
} from '../support/world.ts'

describe('on Deno', () => {
  const url = freshDatabase()
  let app: App
  let world: World
  let ended: Tokens

  before(async () => {
    app = askThrough(await startOnDeno(url))
  })
  after(() => app.stop())

  test('somebody logs in, is known, goes on and logs out', async () => {
    world = await makeWorld(app)
    const tokens = await getTokens(app, world)
    assert.equal((await app.get('/auth/me', bearer(tokens))).body['id'], world.user.id)
    const next = await refresh(app, tokens)
    assert.equal(next.status, 200)
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
    assert.equal((await logOut(app, next.body)).status, 200)
    assert.equal((await app.get('/auth/me', bearer(next.body))).status, 401)
    ended = next.body
  })

  test('the files of the documentation are served', async () => {
    assert.equal((await app.get('/docs')).status, 200)
    assert.match((await app.get('/docs/swagger-ui.css')).headers.get('content-type') ?? '', /^text\/css/)
  })

  test('a wrong password is counted for the address that it came from', async () => {
    const wrong = { ...credentialsOf(world), password: 'wrong password 1' }
    assert.equal((await app.post('/auth/login', wrong)).status, 401)
    const counters = await app.rows(`select count from throttles where key = 'login:address:127.0.0.1'`)
    assert.deepEqual(counters, [{ count: 1 }])
  })

  test('a second start keeps people, keys and what has ended', async () => {
    const keys = (await app.get('/.well-known/jwks.json')).text
    await app.stop()
    app = askThrough(await startOnDeno(url))
    assert.equal((await app.get('/.well-known/jwks.json')).text, keys)
    assert.equal((await refresh(app, ended)).status, 401)
    await getTokens(app, world)
  })

  test('nothing confidential is written to the output', () => {
    assert.ok(app.log().length > 0)
    assert.deepEqual(secretsIn(app.log().join('\n'), { andPersonal: true }), [])
  })
})
