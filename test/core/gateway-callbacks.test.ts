/** Where the gateway may lead a browser; what no address may talk it into is in test/support/hostile-urls.ts. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allowedCallback, callbackOrigins } from '../../src/core/gateway/callbacks.ts'
import { HOSTILE_URLS } from '../support/hostile-urls.ts'

const PRODUCTION = { development: false }
const DEVELOPMENT = { development: true }
const REGISTERED = { callbackUrls: ['https://service.example/app'] }

describe('an address of the organisation', () => {
  const GOOD: [given: string, written: string][] = [
    ['https://service.example/app', 'https://service.example/app'],
    ['https://service.example/app/', 'https://service.example/app/'],
    ['https://service.example/app/deep/er?a=1&b=%20', 'https://service.example/app/deep/er?a=1&b=%20'],
    ['HTTPS://SERVICE.example:443/app', 'https://service.example/app'],
    ['https://service.example/app/x/../y', 'https://service.example/app/y'],
    [
      'https://service.example/app?next=https://elsewhere.example',
      'https://service.example/app?next=https://elsewhere.example',
    ],
    ['https://service.example/app/ä"<', 'https://service.example/app/%C3%A4%22%3C'],
  ]
  for (const [given, written] of GOOD)
    test(`${given} is written as parsed`, () => assert.equal(allowedCallback(PRODUCTION, REGISTERED, given), written))

  test('may be any of its origin where no path is registered', () => {
    for (const registered of ['https://service.example', 'https://service.example/'])
      for (const url of ['https://service.example/', 'https://service.example/any?x'])
        assert.equal(allowedCallback(PRODUCTION, { callbackUrls: [registered] }, url), url)
  })

  test('may be unencrypted on the own machine, in development', () => {
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']) {
      assert.equal(allowedCallback(DEVELOPMENT, { callbackUrls: [origin] }, `${origin}/x`), `${origin}/x`)
      assert.equal(allowedCallback(PRODUCTION, { callbackUrls: [origin] }, `${origin}/x`), undefined)
    }
    const remote = { callbackUrls: ['http://service.example'] }
    assert.equal(allowedCallback(DEVELOPMENT, remote, 'http://service.example/x'), undefined)
  })

  test('is none where none is registered', () => {
    assert.equal(allowedCallback(PRODUCTION, { callbackUrls: [] }, 'https://service.example/app'), undefined)
  })
})

describe('of the hostile addresses', () => {
  const all = Object.values(HOSTILE_URLS).flat()
  test('there are several hundred', () => assert.ok(new Set(all).size >= 300, String(new Set(all).size)))

  for (const [trick, urls] of Object.entries(HOSTILE_URLS))
    test(`none with ${trick} is allowed, in production or development`, () => {
      for (const config of [PRODUCTION, DEVELOPMENT])
        for (const url of urls) assert.equal(allowedCallback(config, REGISTERED, url), undefined, JSON.stringify(url))
    })

  test('none leaves the origin where no path is registered', () => {
    const origin = { callbackUrls: ['https://service.example'] }
    for (const url of all) {
      const allowed = allowedCallback(PRODUCTION, origin, url)
      assert.ok(allowed === undefined || allowed.startsWith('https://service.example/'), JSON.stringify(url))
    }
  })
})

test('origins are those of the registered addresses, each once', () => {
  const callbackUrls = ['https://a.example/x', 'https://a.example/y', 'https://b.example:444']
  assert.deepEqual(callbackOrigins({ callbackUrls }), ['https://a.example', 'https://b.example:444'])
})
