/** Where nobody can be sent on, a browser gets a page that a person can act on, and a program the family's own error. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refusedOnPage, refusedWith } from '../support/auth-errors.ts'

/** What Chromium sends as it goes to an address. */
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8' }

let app: App
before(async () => {
  app = await startApp()
})

const form = (fields: Record<string, string> = {}) => new URLSearchParams(fields)

describe('a browser that cannot be sent on', () => {
  test('reads that the login has ended, in its own language', async () => {
    const callbacks = ['/auth/google-auth-redirect', '/auth/facebook-auth-redirect', '/auth/oidc-auth-redirect']
    for (const [language, words] of Object.entries({
      en: /This login has ended/,
      de: /Diese Anmeldung ist beendet/,
      fr: /Cette connexion est terminée/,
      es: /Este inicio de sesión ha terminado/,
      sv: /inloggningen har avslutats/,
    }))
      for (const path of callbacks) {
        const answer = await app.get(`${path}?code=c&state=s`, { ...BROWSER, 'accept-language': language })
        refusedOnPage(answer, words)
        assert.match(answer.text, new RegExp(`<html lang="${language}"`))
        assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'nonce-/)
        assert.equal(answer.headers.get('cache-control'), 'no-store')
      }
    refusedOnPage(await app.post('/auth/apple-oauth-redirect', form({ state: 's' }), BROWSER), /This login has ended/)
    const posted = form({ SAMLResponse: 'x', RelayState: 'A'.repeat(43) })
    refusedOnPage(await app.post('/auth/saml-redirect', posted, BROWSER), /This login has ended/)
  })

  test('reads that the page it comes from is wrong, where the start was', async () => {
    const wrong = /Please tell whoever runs it/
    const nobody = { client_id: 'nobody', client_secret: 'x' }
    for (const path of ['/auth/google', '/auth/oauth-apple', '/auth/saml']) {
      refusedOnPage(await app.post(path, form(nobody), BROWSER), wrong)
      refusedOnPage(await app.post(path, form(), BROWSER), wrong, 422)
    }
    refusedOnPage(await app.get('/auth/google?client_id=nobody', BROWSER), wrong)
    refusedOnPage(await app.post('/auth/saml-redirect?client=nobody', form(), BROWSER), wrong)
  })

  test('is no program, which gets what it always got', async () => {
    for (const accept of [undefined, '*/*', 'application/json', 'application/json, text/html;q=0.5']) {
      const headers = accept === undefined ? {} : { accept }
      refusedWith(await app.get('/auth/google-auth-redirect?state=s', headers), 401, 'Client Invalid')
      refusedWith(await app.post('/auth/saml-redirect?client=nobody', form(), headers), 401, 'Client Invalid')
    }
    assert.match((await app.post('/auth/login', {}, BROWSER)).headers.get('content-type') ?? '', /^application\/json/)
  })
})
