/** From a service over the hosted login to an identity provider and back: three sites, so that rules for cookies count. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PROVIDERS } from '../../src/core/federation/providers.ts'
import { type App, askThrough } from '../support/app.ts'
import { connect, openSignUp } from '../support/federation.ts'
import { type Idp, type StandIn, startIdp } from '../support/idp.ts'
import { type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { newPerson, settingsOf } from '../support/saml-idp-world.ts'
import { makeWorld } from '../support/world.ts'
import { openPage, startBrowser, startSite } from './site.ts'

describe('providers of the hosted login in a browser', () => {
  let site: Awaited<ReturnType<typeof startSite>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  let idp: Idp
  let samlIdp: SamlProvider
  let app: App
  let pages: Server
  /** Where people come from. */
  let service: string

  before(async () => {
    site = await startSite()
    browser = await startBrowser()
    ;[idp, samlIdp] = await Promise.all([startIdp({ origin: site.origin, host: '127.0.0.1' }), startSamlProvider()])
    app = askThrough(site.service)
    pages = createServer(({ url = '' }, response) => {
      const login = new URL(url, 'http://x').searchParams.get('login')?.replaceAll('&', '&amp;')
      response.setHeader('content-type', 'text/html').end(login ? `<a href="${login}">login</a>` : '<h1>Welcome</h1>')
    })
    pages.listen(0, '127.0.0.1')
    await once(pages, 'listening')
    service = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/service`
  })
  after(async () => {
    await browser?.close()
    await idp?.stop()
    samlIdp?.close()
    site?.close()
    pages?.closeAllConnections()
    pages?.close()
  })

  /** A browser that the service of a new tenant has just sent to its login. */
  async function comeFromService(connections: object[], loginMethods: string[]): Promise<Page> {
    const own = await makeWorld(app, { tenant: { callbackUrls: [service], signUp: openSignUp(), loginMethods } })
    for (const connection of connections) await connect(app, own, connection)
    const { page } = await openPage(browser, site.origin, {})
    const query = new URLSearchParams({ org: own.tenant.key, callback: service })
    const login = encodeURIComponent(`${site.origin}/imsg-service/v1/login?${query}`)
    await page.goto(`${service}?login=${login}`)
    await page.getByRole('link', { name: 'login' }).click()
    return page
  }

  async function logInAtProvider(page: Page): Promise<void> {
    await page.getByPlaceholder('Enter any login').fill(idp.newPerson().subject)
    await page.getByPlaceholder('and password').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  async function assertIn(page: Page): Promise<void> {
    await page.waitForURL(service)
    const cookies = await page.context().cookies(site.origin)
    assert.deepEqual(
      cookies.map(({ name }) => name),
      ['imidToken'],
    )
    assert.equal((await page.goto(`${site.origin}/imsg-service/v1/token-is-set`))?.status(), 200)
  }

  for (const kind of ['google', 'apple'] satisfies StandIn[])
    test(`${kind}: from a button over the provider to the service`, async () => {
      const page = await comeFromService([await idp.connection(kind)], ['password', 'social'])
      await page.getByRole('link', { name: `Continue with ${PROVIDERS[kind].title}` }).click()
      await logInAtProvider(page)
      await assertIn(page)
    })

  test('an OpenID provider that is the only way is gone straight to', async () => {
    const page = await comeFromService([await idp.connection('oidc')], ['sso'])
    await logInAtProvider(page)
    await assertIn(page)
  })

  test('a SAML identity provider that is the only way is gone straight to, and its form comes back', async () => {
    samlIdp.person = newPerson()
    const connection = { kind: 'saml', name: 'Company login', saml: settingsOf(samlIdp) }
    await assertIn(await comeFromService([connection], ['sso']))
  })

  test('whoever cancels there is back at the hosted login, and may try again', async () => {
    const page = await comeFromService([await idp.connection('oidc')], ['sso'])
    await page.getByRole('link', { name: 'Cancel' }).click()
    await page.getByRole('alert').filter({ hasText: 'cancelled or refused' }).waitFor()
    await page.getByRole('link', { name: 'Continue with OpenID Connect' }).click()
    await logInAtProvider(page)
    await assertIn(page)
  })
})
