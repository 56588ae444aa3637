/** A database that nobody has made tables in: the service says so, to whoever asks and in the log, until it has them. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { makeWorld } from '../support/world.ts'

describe('without its tables', () => {
  let app: App
  before(async () => {
    app = await startApp({ LOG_LEVEL: 'info' })
    await app.rows('alter table tenants rename to elsewhere')
  })

  test('the service is unavailable, and so says its health', async () => {
    for (const path of ['/health', '/v1/tenants', '/sign-up?token=x']) {
      const { status, headers, text } = await app.admin.get(path, { accept: 'application/json' })
      assert.deepEqual([path, status, headers.get('retry-after')], [path, 503, '5'])
      assert.doesNotMatch(text, /table/)
    }
    assert.equal((await app.get('/imsg-service/v1/health')).status, 500)
  })

  test('the log says what there is to do', () => {
    const told = app.log().filter((line) => line.includes('the database has no tables'))
    assert.ok(told.length >= 3)
    assert.ok(told.every((line) => line.includes('run npm start, or wrangler d1 migrations apply DB')))
  })

  test('all is well as soon as they are there', async () => {
    await app.rows('alter table elsewhere rename to tenants')
    assert.deepEqual((await app.get('/health')).body, { status: 'ok' })
    await makeWorld(app)
  })
})
