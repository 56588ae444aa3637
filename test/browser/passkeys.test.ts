/** Passkeys in a real browser with a virtual authenticator, on both stores. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, askThrough } from '../support/app.ts'
import { type Manager, manager } from '../support/devices.ts'
import { startOnLibsql } from '../support/libsql.ts'
import { ask } from '../support/signatures.ts'
import { startOnWorkerd } from '../support/workerd.ts'
import { bearer, getTokens, makeWorld, type Tokens, type World } from '../support/world.ts'
import { attachAuthenticator, enrol, logIn } from './authenticator.ts'
import { openPage, startBrowser, startSite } from './site.ts'

for (const [store, start] of Object.entries({ libsql: startOnLibsql, workerd: startOnWorkerd })) {
  const OF_THE_PAGE = { skip: store === 'libsql' ? false : 'what the page alone does is the same on every store' }

  describe(`a browser with an authenticator, on ${store}`, () => {
    let site: Awaited<ReturnType<typeof startSite>>
    let browser: Awaited<ReturnType<typeof startBrowser>>
    let app: App
    let world: World
    let application: Manager

    before(async () => {
      site = await startSite(start)
      browser = await startBrowser()
      app = askThrough(site.service)
      world = await makeWorld(app)
      application = manager(app, { ...world.client, origin: site.origin })
    })
    after(async () => {
      await browser?.close()
      site?.close()
      await site?.service.stop()
    })

    async function open(link: string) {
      const { page, problems } = await openPage(browser, site.origin, {})
      const authenticator = await attachAuthenticator(page)
      await page.goto(link)
      return { page, problems, authenticator }
    }

    /** A page that belongs to us, with the library loaded. */
    async function openAnyPage() {
      await application.add(['anybody'])
      return open(await application.link('anybody'))
    }

    const toTokens = async (code: string) =>
      (await app.post<Tokens>('/auth/token', { code, clientId: world.client.clientId })).body

    test('registers by a link, and logs in without a username', async () => {
      await application.add(['u1'])
      const { page, problems } = await open(await application.link('u1'))
      await page.getByLabel('Name of this device').fill('Work phone')
      await page.getByRole('button', { name: 'Register' }).click()
      await page.getByText('This device is registered').waitFor()
      assert.deepEqual(problems, [])
      assert.equal((await application.hasDevice('u1')).body['device_registered'], true)

      const code = await logIn(page, world)
      const { body } = await app.get<{ username: string }>('/auth/me', bearer(await toTokens(code)))
      assert.equal(body.username, `device:${application.clientId}:u1`)

      await application.lost('u1')
      await assert.rejects(logIn(page, world), /401/)
    })

    test('is told when the link has ended, or a device is there already', OF_THE_PAGE, async () => {
      await application.add(['u2'])
      const first = await open(await application.link('u2'))
      await ask(app, application, 'GET', `/device_registration_link/${application.clientId}/u2`)
      await first.page.getByRole('button').click()
      await first.page.getByText('replaced by a newer one').waitFor()
      await first.page.reload()
      await first.page.getByRole('heading', { name: 'This link no longer works' }).waitFor()

      const second = await open(await application.link('u2'))
      await second.page.getByRole('button').click()
      await second.page.getByText('is registered').waitFor()
      const third = await open(await application.link('u2'))
      await third.page.getByRole('button').click()
      await third.page.getByText('registered device already').waitFor()
    })

    test('may try again when the person did not confirm', OF_THE_PAGE, async () => {
      await application.add(['u3'])
      const { page, authenticator } = await open(await application.link('u3'))
      await authenticator.verifies(false)
      await page.getByRole('button').click()
      await page.getByText('You can try again').waitFor()
      await authenticator.verifies(true)
      await page.getByRole('button').click()
      await page.getByText('is registered').waitFor()
    })

    test('enrols a passkey for somebody who is signed in, who then needs no password', async () => {
      const { page } = await openAnyPage()
      const { user } = world
      await enrol(page, await getTokens(app, world))
      const tokens = await toTokens(await logIn(page, world))
      assert.equal((await app.get<{ id: string }>('/auth/me', bearer(tokens))).body.id, user.id)
    })

    for (const [how, loginMethods] of [
      ['by the autofill of the username', ['password', 'passkey']],
      ['by a button', ['passkey']],
    ] as const)
      test(`logs in on the hosted page ${how}`, async () => {
        const { page, problems } = await openAnyPage()
        await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { loginMethods: ['password', 'passkey'] })
        await enrol(page, await getTokens(app, world))
        const callback = `${site.origin}/health`
        await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { callbackUrls: [callback], loginMethods })
        await page.goto(`/imsg-service/v1/login?${new URLSearchParams({ org: world.tenant.key, callback })}`)
        // The virtual authenticator takes the first thing that autofill offers.
        if (loginMethods.length === 1) await page.getByRole('button', { name: 'Use your phone or a passkey' }).click()
        await page.waitForURL(callback)
        assert.equal((await page.request.get('/imsg-service/v1/token-is-set')).status(), 200)

        await page.goto('/passkeys')
        const before = await page.getByRole('heading', { level: 2 }).count()
        await page.getByRole('button', { name: 'Remove' }).first().click()
        await page
          .getByRole('heading', { level: 2 })
          .nth(before - 1)
          .waitFor({ state: 'detached' })
        assert.deepEqual(problems, [])
      })

    test('adds a passkey on the page of one’s own', OF_THE_PAGE, async () => {
      const callback = `${site.origin}/health`
      const loginMethods = ['password']
      await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { callbackUrls: [callback], loginMethods })
      const { page, problems } = await open(
        `/imsg-service/v1/login?${new URLSearchParams({ org: world.tenant.key, callback })}`,
      )
      await page.getByLabel('Username').first().fill(world.user.username)
      await page.getByLabel('Password').fill(world.user.password)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.waitForURL(callback)
      await page.goto('/passkeys')
      await page.getByLabel('Name of the passkey').fill('Desk')
      await page.getByRole('button', { name: 'Add a passkey' }).click()
      await page.getByRole('heading', { name: 'Desk' }).waitFor()
      assert.deepEqual(problems, [])
    })

    test('shows the phone the way where the screen is wide', OF_THE_PAGE, async () => {
      await application.add(['u4'])
      const link = await application.link('u4')
      const { page, problems } = await open(link)
      const code = page.getByRole('img', { name: 'QR code' })
      assert.ok(await code.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 100))
      assert.equal(await code.isVisible(), true)
      await page.setViewportSize({ width: 390, height: 844 })
      assert.equal(await code.isVisible(), false)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
      assert.deepEqual(problems, [])
    })
  })
}
