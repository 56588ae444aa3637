/** What a browser has to load for the pages of the hosted login, and what they leave it free to do. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Browser, browserOf, SERVICE, startLogin } from '../support/gateway.ts'
import { makeWorld, type World } from '../support/world.ts'

const MOST_BYTES = 15 * 1024

describe('each page of the hosted login', () => {
  let app: App
  let world: World
  let browser: Browser
  let flow: string
  before(async () => {
    app = await startApp()
    world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
    browser = browserOf(app)
    flow = await startLogin(browser, world)
  })

  for (const path of ['/login', '/login/code', '/login/factor'])
    test(`${path} is small, waits for nothing else, and its forms lead here and to the service only`, async () => {
      for (const language of ['en', 'de', 'fr', 'es', 'sv']) {
        const page = await browser.visit('GET', `${path}?flow=${flow}`, undefined, { 'accept-language': language })
        assert.equal(page.status, 200)
        assert.ok(Buffer.byteLength(page.text) < MOST_BYTES, `${language}: ${Buffer.byteLength(page.text)} bytes`)
        assert.match(page.text, new RegExp(`<html lang="${language}"`))
        assert.doesNotMatch(
          page.text,
          /<script(?! src="\/scripts\/[\w-]+\.js" defer)|<link(?! rel="icon" href="data:,")|<img|style="| on\w+="/,
        )
        const policy = page.headers.get('content-security-policy') ?? ''
        assert.match(policy, /default-src 'none'; style-src 'nonce-[\w-]+';/)
        assert.match(policy, /form-action 'self' https:\/\/service\.example;/)
        assert.equal(page.headers.get('referrer-policy'), 'same-origin')
        assert.equal(page.headers.get('cache-control'), 'no-store')
      }
    })
})
