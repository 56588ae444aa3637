/** A service behind the gateway, as people use it: it sends them to log in, and notices when they are gone. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type App, askThrough } from '../support/app.ts'
import { connect, openSignUp } from '../support/federation.ts'
import { browserOf, logInAtGateway } from '../support/gateway.ts'
import { type Idp, startIdp } from '../support/idp.ts'
import { type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { newPerson, settingsOf } from '../support/saml-idp-world.ts'
import { create, makeWorld, type World } from '../support/world.ts'
import { type SampleService, startSampleService } from './sample-service.ts'
import { openPage, startBrowser, startSite } from './site.ts'
import { send } from './stage.ts'

describe('a service behind the gateway', () => {
  let site: Awaited<ReturnType<typeof startSite>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  let service: SampleService
  let idp: Idp
  let samlIdp: SamlProvider
  let app: App

  before(async () => {
    site = await startSite()
    browser = await startBrowser()
    app = askThrough(site.service)
    service = await startSampleService(site.origin)
    ;[idp, samlIdp] = await Promise.all([startIdp({ origin: site.origin, host: '127.0.0.1' }), startSamlProvider()])
  })
  after(async () => {
    await browser?.close()
    await idp?.stop()
    samlIdp?.close()
    service?.close()
    site?.close()
  })

  /** The service is theirs from now on. */
  async function serve(loginMethods: string[], connection?: object): Promise<World> {
    const callbackUrls = [`${service.origin}/`]
    const world = await makeWorld(app, { tenant: { callbackUrls, signUp: openSignUp(), loginMethods } })
    if (connection) await connect(app, world, connection)
    await create(app, `/v1/tenants/${world.tenant.id}/units`, { name: 'news' })
    await app.admin.patch(`/v1/users/${world.user.id}/memberships/${world.membership.id}`, { units: ['news'] })
    service.served.org = world.tenant.key
    return world
  }

  async function openService(from?: Page): Promise<Page> {
    const page = from ? await from.context().newPage() : (await openPage(browser, site.origin, {})).page
    await page.goto(`${service.origin}/`)
    return page
  }

  const logIn = (page: Page, { user: { username, password } }: World) =>
    send(page, '/login/password', { username, password })
  const welcomed = (page: Page) => page.getByRole('heading', { name: 'Welcome' }).waitFor()
  const asked = (page: Page) => page.getByRole('heading', { name: 'Log in' }).waitFor()

  test('lets in whoever logs in with a password, and out whoever logs out', async () => {
    const world = await serve(['password'])
    const page = await openService()
    await asked(page)
    await logIn(page, world)
    await page.getByText('Units: news').waitFor()
    assert.equal(page.url(), `${service.origin}/`, 'the token is not in the address')
    await page.getByRole('button', { name: 'Log out' }).click()
    await asked(page)
    assert.ok(!(await page.context().cookies()).some(({ name }) => name === 'imidToken'))
  })

  test('is entered in two tabs at once, neither of which disturbs the other', async () => {
    const world = await serve(['password'])
    const first = await openService()
    const second = await openService(first)
    await logIn(first, world)
    await welcomed(first)
    await logIn(second, world)
    await Promise.all([welcomed(first), welcomed(second)])
    await second.getByRole('button', { name: 'Log out' }).click()
    await Promise.all([asked(first), asked(second)])
  })

  test('notices by itself that the session was ended elsewhere', async () => {
    const world = await serve(['password'])
    const page = await openService()
    await logIn(page, world)
    await welcomed(page)
    const elsewhere = browserOf(app)
    await logInAtGateway(elsewhere, world, `${service.origin}/`)
    await elsewhere.visit('POST', '/sessions/end-others', {})
    await asked(page)
  })

  test('is entered through the organisation’s own OpenID provider, without a page of ours', async () => {
    await serve(['sso'], await idp.connection('oidc'))
    const page = await openService()
    await page.getByPlaceholder('Enter any login').fill(idp.newPerson().subject)
    await page.getByPlaceholder('and password').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await welcomed(page)
  })

  test('is entered through the organisation’s own SAML identity provider', async () => {
    samlIdp.person = newPerson()
    await serve(['sso'], { kind: 'saml', name: 'Company login', saml: settingsOf(samlIdp) })
    await welcomed(await openService())
  })
})
