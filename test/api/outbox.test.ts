/** The development outbox: what it shows, in which form, and to whom. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { startApp } from '../support/app.ts'
import { STORE } from '../support/service.ts'
import { credentialsOf, makeWorld, type World } from '../support/world.ts'

const app = await startApp()
const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'

/** A mail whose words are as hostile as can be. */
const HOSTILE = '<script>alert(1)</script> & "quotes"'

describe('/dev/outbox', () => {
  let world: World
  const path = () => `/dev/outbox?to=${encodeURIComponent(world.user.email)}`
  before(async () => {
    world = await makeWorld(app)
    const { password: _, ...request } = credentialsOf(world)
    await app.post('/auth/forget-password', request)
    await app.outbox(world.user.email)
    await app.rows(
      `insert into outbox (id, "to", channel, subject, text, links, created_at) values (?, ?, 'mail', ?, ?, '[]', ?)`,
      ...[`ffffffff-${world.user.id.slice(9)}`, world.user.email, HOSTILE, HOSTILE, Date.UTC(2026, 0, 2, 3, 4, 5)],
    )
  })

  test('it answers the messages to one address, newest first, in the documented members', async () => {
    const [newest, first] = await app.outbox(world.user.email, 2)
    const createdAt = '2026-01-02T03:04:05.000Z'
    const hostile = { channel: 'mail', subject: HOSTILE, text: HOSTILE, links: [], code: null, createdAt }
    assert.deepEqual(newest, { to: world.user.email, ...hostile })
    assert.ok(first)
    assert.equal(first.channel, 'mail')
    assert.match(first.links[0] ?? '', /[?&]token=[\w.-]{20,}/)
    assert.ok(first.text.includes(first.links[0] ?? ''))
    assert.ok(Date.parse(first.createdAt) > Date.UTC(2026, 0, 3))
  })

  test('without an address it answers everything, up to a hundred', async () => {
    const { body } = await app.get<{ items: { to: string }[] }>('/dev/outbox')
    assert.ok(body.items.some(({ to }) => to === world.user.email))
    assert.ok(body.items.length <= 100)
  })

  test('nothing is kept for an address that nobody wrote to', async () => {
    const { body } = await app.get('/dev/outbox?to=nobody@example.com')
    assert.deepEqual(body, { items: [] })
  })

  test('a browser gets a page, in which the words of a message are only words', async () => {
    const { headers, text } = await app.get(path(), { accept })
    assert.match(headers.get('content-type') ?? '', /^text\/html/)
    assert.match(headers.get('vary') ?? '', /\baccept\b/i)
    assert.ok(text.startsWith('<!doctype html><html lang="en">'))
    assert.doesNotMatch(text, /<script/)
    assert.match(text, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; &quot;quotes&quot;/)
    assert.match(text, new RegExp(`value="${world.user.email}"`))
  })

  test('the page loads nothing, runs nothing, and its one stylesheet has a nonce of its own', async () => {
    const pages = [await app.get(path(), { accept }), await app.get(path(), { accept })]
    const nonces = pages.map(({ headers, text }) => {
      const policy = headers.get('content-security-policy') ?? ''
      const [, nonce] = /^default-src 'none'; style-src 'nonce-([\w-]{22})';/.exec(policy) ?? []
      assert.doesNotMatch(policy, /script-src|unsafe|https?:/)
      assert.ok(nonce && text.includes(`<style nonce="${nonce}">`))
      return nonce
    })
    assert.notEqual(nonces[0], nonces[1])
  })

  test('it is not there for who asked another host than this machine', async () => {
    const { status, headers, body } = await app.get('http://gatehouse.example/dev/outbox')
    assert.equal(status, 404)
    assert.equal(headers.get('content-type'), 'application/problem+json')
    assert.equal(body['type'], 'urn:problem:not_found')
  })

  const skip = STORE === 'workerd' && 'it would need a second workerd for the same rule'
  test('it is not there when messages go out for real', { skip }, async () => {
    const delivery = { DELIVERY: 'webhook', DELIVERY_URL: 'http://localhost:9', DELIVERY_SECRET: 'a secret of words' }
    const real = await startApp(delivery)
    assert.equal((await real.get('/dev/outbox')).status, 404)
  })
})
