/** Two organisations with everything that an organisation can allow, and what a browser does there. */
import type { Page } from 'playwright-core'
import type { App } from '../support/app.ts'
import { manager } from '../support/devices.ts'
import { connect, openSignUp } from '../support/federation.ts'
import { browserOf, logInAtGateway } from '../support/gateway.ts'
import { makeWorld, type World } from '../support/world.ts'

export interface Stage {
  app: App
  world: World
  /** Of a tenant that wants a second factor. */
  strict: World
  /** Whose person has forgotten the password. */
  forgetful: World
  callback: string
}

export async function setStage(app: App): Promise<Stage> {
  const callback = `${app.origin}/health`
  const tenant = {
    name: 'Acme News',
    callbackUrls: [callback],
    signUp: openSignUp(),
    loginMethods: ['password', 'otp', 'social', 'passkey'],
    branding: { name: 'Acme News', color: '#7a1f5c' },
  }
  const world = await makeWorld(app, { tenant })
  for (const kind of ['google', 'facebook'])
    await connect(app, world, { kind, name: `${kind[0]?.toUpperCase()}${kind.slice(1)}`, ...CREDENTIALS })
  const strict = await makeWorld(app, { tenant: { ...tenant, secondFactor: 'required' } })
  const forgetful = await makeWorld(app, { tenant })
  return { app, world, strict, forgetful, callback }
}

const CREDENTIALS = { clientId: 'c', clientSecret: 's'.repeat(16) }

/** Fills in the form that goes to `action`, wherever it is folded away, and sends it. */
export async function send(page: Page, action: string, fields: Record<string, string> = {}): Promise<void> {
  const form = page.locator(`form[action="${action}"]`).first()
  await page.locator('details').evaluateAll((all) => {
    for (const one of all) one.setAttribute('open', '')
  })
  for (const [name, value] of Object.entries(fields)) await form.locator(`[name="${name}"]`).fill(value)
  await form.locator('button').first().click()
}

export const beginLogin = (page: Page, { tenant }: World, callback: string) =>
  page.goto(`/imsg-service/v1/login?${new URLSearchParams({ org: tenant.key, callback })}`)

/** With the cookie of somebody who has logged in. */
export async function comeIn(page: Page, { app, world, callback }: Stage): Promise<void> {
  const browser = browserOf(app)
  await logInAtGateway(browser, world, callback)
  const value = browser.cookies.get('imidToken') ?? ''
  await page.context().addCookies([{ name: 'imidToken', value, url: app.origin }])
}

export async function openResetLink(page: Page, { app, forgetful: { client, user } }: Stage): Promise<void> {
  const caller = { client_id: client.clientId, client_secret: client.clientSecret }
  await app.post('/auth/forget-password', { ...caller, username: user.username })
  await openLink(page, app, user.email)
}

export async function openSignUpLink(page: Page, { app, world }: Stage): Promise<void> {
  const email = `new.${crypto.randomUUID()}@example.com`
  await app.post('/auth/sign-up/create-token', { email, data: { tenant: world.tenant.key } })
  await openLink(page, app, email)
}

export async function openDeviceLink(page: Page, { app, world }: Stage): Promise<void> {
  const application = manager(app, { ...world.client, origin: app.origin })
  const id = `phone-${crypto.randomUUID()}`
  await application.add([id])
  await page.goto(await application.link(id))
}

async function openLink(page: Page, app: App, address: string): Promise<void> {
  const links = (await app.outbox(address)).flatMap(({ links }) => links)
  await page.goto(links[0] ?? '')
}
