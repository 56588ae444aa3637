/** The documentation page and its files. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startApp } from '../support/app.ts'

const app = await startApp()

describe('/docs', () => {
  test('the page is HTML without a script of its own, and may load from this service only', async () => {
    const { status, headers, text } = await app.get('/docs')
    assert.equal(status, 200)
    assert.match(headers.get('content-type') ?? '', /^text\/html/)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'; script-src 'self';/)
    assert.doesNotMatch(policy, /https?:|\*|unsafe-eval/)
    assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)|https?:/)
  })

  for (const [file, type, start] of [
    ['swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8', '/*! For license'],
    ['start.js', 'text/javascript; charset=utf-8', 'document.'],
  ] as const)
    test(`${file} comes from here and may be cached`, async () => {
      const { status, headers, text } = await app.get(`/docs/${file}`)
      assert.equal(status, 200)
      assert.equal(headers.get('content-type'), type)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('cache-control'), 'public, max-age=3600')
      assert.ok(text.startsWith(start), text.slice(0, 40))
    })

  for (const path of [
    '/docs/package.json',
    '/docs/swagger-ui.css.map',
    '/docs/__proto__',
    '/docs/..%2fpackage.json',
    '/docs/swagger-ui.css/x',
    '/swagger-ui.css',
    '/swagger-ui-bundle.js',
  ])
    test(`${path} is not there`, async () => {
      assert.equal((await app.get(path)).status, 404)
    })
})
