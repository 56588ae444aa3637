import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Browser, browserOf, logInAtGateway, SERVICE } from '../support/gateway.ts'
import { makePasskey, type Passkey } from '../support/passkey.ts'
import { logIn } from '../support/passkey-owner.ts'
import { makeWorld, type World } from '../support/world.ts'

let app: App
before(async () => {
  app = await startApp()
})

async function signedIn(): Promise<{ world: World; browser: Browser }> {
  const world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
  const browser = browserOf(app)
  await logInAtGateway(browser, world)
  return { world, browser }
}

/** As the page's script does it, with the options that the page carries. */
async function add(browser: Browser, name: string): Promise<Passkey> {
  const { text } = await browser.visit('GET', '/passkeys')
  const [, options = ''] = /data-options="([^"]*)"/.exec(text) ?? []
  const passkey = await makePasskey()
  const response = JSON.stringify(passkey.create(JSON.parse(options.replaceAll('&quot;', '"'))))
  const added = await browser.visit('POST', '/passkeys', { name, response })
  assert.equal(added.status, 303, added.text)
  return passkey
}

describe('the page of one’s own passkeys', () => {
  test('lists, adds and removes for the person of the session, and nobody else', async () => {
    const { world, browser } = await signedIn()
    const { browser: other } = await signedIn()
    assert.match((await browser.visit('GET', '/passkeys')).text, /You have no passkey yet/)
    const passkey = await add(browser, ' Key <ring> ')
    assert.match((await browser.visit('GET', '/passkeys')).text, /<h2>Key &lt;ring&gt;<\/h2>/)
    assert.ok(!(await other.visit('GET', '/passkeys')).text.includes('Key &lt;'))
    assert.equal((await logIn(app, world, passkey)).status, 200)
    await other.visit('POST', '/passkeys/remove', { id: passkey.id })
    assert.equal((await logIn(app, world, passkey)).status, 200)
    assert.equal((await browser.visit('POST', '/passkeys/remove', { id: passkey.id })).status, 303)
    assert.equal((await logIn(app, world, passkey)).status, 401)
  })

  test('keeps the last way in, and takes no answer to another question', async () => {
    const { world, browser } = await signedIn()
    const passkey = await add(browser, 'Only')
    await app.rows('delete from passwords where user_id = ?1', world.user.id)
    const kept = await browser.visit('POST', '/passkeys/remove', { id: passkey.id })
    assert.equal(kept.status, 422)
    assert.match(kept.text, /your last way in/)
    const made = (await makePasskey()).create({ challenge: 'AAAA', user: { id: 'AAAA' } })
    const refused = await browser.visit('POST', '/passkeys', { name: 'x', response: JSON.stringify(made) })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /could not be added/)
  })

  test('is for our own pages only, and for somebody who is logged in', async () => {
    const { browser } = await signedIn()
    const passkey = await add(browser, 'Mine')
    const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    assert.equal((await browser.visit('POST', '/passkeys/remove', { id: passkey.id }, elsewhere)).status, 403)
    const nobody = await app.get('/passkeys')
    assert.equal(nobody.status, 401)
    assert.match(nobody.text, /You are not logged in/)
    await browser.visit('POST', '/imsg-service/v1/logout')
    assert.equal((await browser.visit('GET', '/passkeys')).status, 401)
  })
})
