/** Social logins in a real browser: client, service and provider are three sites, so that its rules for cookies count. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import type { Page } from 'playwright-core'
import { PROVIDERS } from '../../src/core/federation/providers.ts'
import { type App, askThrough } from '../support/app.ts'
import {
  type ConnectedWorld,
  clientForm,
  connect,
  makeConnectedWorld,
  openSignUp,
  tokensFor,
} from '../support/federation.ts'
import { type Idp, type StandIn, startIdp } from '../support/idp.ts'
import { bearer, getTokens } from '../support/world.ts'
import { openPage, startBrowser, startSite } from './site.ts'

describe('a social login in a browser', () => {
  let site: Awaited<ReturnType<typeof startSite>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  let idp: Idp
  let app: App
  let world: ConnectedWorld
  /** The client's own pages. */
  let pages: Server
  let client: string

  before(async () => {
    site = await startSite()
    browser = await startBrowser()
    idp = await startIdp({ origin: site.origin, host: '127.0.0.1' })
    app = askThrough(site.service)
    pages = createServer((_, response) => response.setHeader('content-type', 'text/html').end(clientPage()))
    pages.listen(0, '127.0.0.1')
    await once(pages, 'listening')
    client = `http://client.localhost:${(pages.address() as AddressInfo).port}`
    world = await makeConnectedWorld(app, await idp.connection('google'), {
      tenant: { signUp: { ...openSignUp(), emailDomains: ['example.com'] } },
      client: { redirectUrl: `${client}/done?kept=1`, origins: [client] },
    })
    for (const kind of ['apple', 'keycloak'] as const) await connect(app, world, await idp.connection(kind))
  })
  after(async () => {
    await browser?.close()
    await idp?.stop()
    site?.close()
    pages?.closeAllConnections()
    pages?.close()
  })

  /** A browser at the client's own page, which has a button for each start. */
  async function openClient(): Promise<Page> {
    const { page } = await openPage(browser, site.origin, {})
    await page.goto(client)
    return page
  }

  const clientPage = () =>
    (['google', 'apple', 'keycloak'] as const)
      .map((kind) => {
        const fields = Object.entries({ ...clientForm(world), state: 'mine' }).map(
          ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
        )
        return `<form method="post" action="${site.origin}${PROVIDERS[kind].paths.start}">${fields.join('')}
          <button>${kind}</button></form>`
      })
      .join('')

  async function logInAtProvider(page: Page, subject: string, { agree: agrees = true } = {}): Promise<void> {
    await page.getByPlaceholder('Enter any login').fill(subject)
    await page.getByPlaceholder('and password').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await (agrees ? agree(page) : page.getByRole('button', { name: 'Continue' }).waitFor())
  }

  const agree = (page: Page) => page.getByRole('button', { name: 'Continue' }).click()

  async function told(page: Page): Promise<Record<string, string>> {
    await page.waitForURL(`${client}/done?**`)
    return Object.fromEntries(new URL(page.url()).searchParams)
  }

  for (const kind of ['google', 'apple', 'keycloak'] as StandIn[])
    test(`${kind}: from the client's button over login and consent back to the client`, async () => {
      const { subject, email } = idp.newPerson()
      const page = await openClient()
      await page.getByRole('button', { name: kind }).click()
      await logInAtProvider(page, subject)
      const { code, state, kept } = await told(page)
      assert.deepEqual([state, kept], ['mine', '1'])
      const { accessToken } = await tokensFor(app, world, { code })
      assert.equal(decodeJwt(accessToken)['email'], email)
      assert.deepEqual(await page.context().cookies(site.origin), [], 'nothing is left behind')

      await page.goto(client)
      await page.getByRole('button', { name: kind }).click()
      assert.ok((await told(page))['code'], 'the provider remembers, and asks nothing')
    })

  test('in two tabs at once both arrive', async () => {
    const first = await openClient()
    await first.getByRole('button', { name: 'google' }).click()
    await logInAtProvider(first, idp.newPerson().subject, { agree: false })
    const second = await first.context().newPage()
    await second.goto(client)
    await second.getByRole('button', { name: 'keycloak' }).click()
    for (const page of [first, second]) {
      await agree(page)
      assert.ok((await told(page))['code'])
    }
  })

  test('whoever cancels is told so by the client', async () => {
    const page = await openClient()
    await page.getByRole('button', { name: 'google' }).click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    const { error, error_description } = await told(page)
    assert.deepEqual([error, error_description], ['access_denied', 'The login was cancelled or denied'])
  })

  test('an identity is linked by a page of another site, whose scripts get no cookies', async () => {
    const { accessToken } = await getTokens(app, world)
    const page = await openClient()
    const ask = (method: string, body: object) =>
      page.evaluate(askWithToken, [
        method,
        `${site.origin}/auth/identities/keycloak`,
        accessToken,
        JSON.stringify(body),
      ])
    const { url } = JSON.parse((await ask('POST', {})).text)
    await page.goto(url)
    await logInAtProvider(page, idp.newPerson().subject)
    const { linkCode: code } = await told(page)
    assert.equal((await ask('PUT', { code })).status, 204)
    const { body } = await app.get<{ provider: string }[]>('/auth/identities', bearer({ accessToken }))
    assert.deepEqual(
      body.map(({ provider }) => provider),
      ['keycloak'],
    )
  })
})

/** Runs in the page. */
async function askWithToken([method = '', address = '', token, body]: (string | undefined)[]) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(address, { method, credentials: 'include', headers, body: body ?? '' })
  return { status: answer.status, text: await answer.text() }
}
