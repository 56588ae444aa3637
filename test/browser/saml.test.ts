/** A SAML login in a real browser: the identity provider is another site, and its form is posted across. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, askThrough } from '../support/app.ts'
import { type ConnectedWorld, clientForm } from '../support/federation.ts'
import { type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { makeSamlWorld, meOf, newPerson } from '../support/saml-idp-world.ts'
import { openPage, startBrowser, startSite } from './site.ts'

describe('a SAML login in a browser', () => {
  let site: Awaited<ReturnType<typeof startSite>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  let idp: SamlProvider
  let app: App
  let world: ConnectedWorld
  /** On the same server as the identity provider, but to the browser a page like any other. */
  let redirectUrl: string

  before(async () => {
    site = await startSite()
    browser = await startBrowser()
    idp = await startSamlProvider()
    app = askThrough(site.service)
    redirectUrl = new URL('/client', idp.entityId).href
    world = await makeSamlWorld(app, idp, {}, { client: { redirectUrl } })
  })
  after(async () => {
    idp?.close()
    await browser?.close()
    site?.close()
  })

  /** The client's own page, whose button starts the login. */
  const clientPage = () => {
    const fields = Object.entries({ ...clientForm(world), state: 'mine' }).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    )
    return `<form method="post" action="${site.origin}/auth/saml">${fields.join('')}<button>Log in</button></form>`
  }

  test('brings its cookie along from one site to the other and back', async () => {
    idp.person = newPerson()
    const { page } = await openPage(browser, site.origin, {})
    await page.goto(redirectUrl)
    await page.setContent(clientPage())
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.waitForURL(`${redirectUrl}?**`)
    const { code, state } = Object.fromEntries(new URL(page.url()).searchParams)
    assert.equal(state, 'mine')
    assert.equal((await meOf(app, world, { code: code ?? '' }))['username'], idp.person.nameId)
    assert.deepEqual(await page.context().cookies(site.origin), [])
  })
})
