/** An authenticator app on the hosted pages, for somebody of a tenant that requires a second factor. */
import assert from 'node:assert/strict'
import type { App } from './ask.ts'
import { scan } from './authenticator-app.ts'
import { type Browser, browserOf, locationOf, startLogin } from './gateway.ts'
import { forService } from './hosted-login.ts'
import { makeWorld, type World } from './world.ts'

/** To whom no code can be sent. */
const unreachable = { email: null, phone: null }

/** `app` may be started later. */
export const enrolment = (app: () => App) => ({
  unreachable,
  newWorld: (user: object = unreachable, tenant: object = {}) =>
    makeWorld(app(), { tenant: forService({ secondFactor: 'required', ...tenant }), user: { ...user } }),

  /** With a password, up to the page that asks for more. */
  async begin({ user, ...world }: World, browser = browserOf(app())) {
    const flow = await startLogin(browser, { user, ...world })
    const { username, password } = user
    const posted = await browser.visit('POST', '/login/password', { flow, username, password })
    assert.equal(posted.status, 303, posted.text)
    return { browser, flow, location: locationOf(posted) }
  },

  /** What the page shows: the address for an app, and the key as text. */
  async offered(browser: Browser, flow: string) {
    const { status, text } = await browser.visit('GET', `/login/enrol?flow=${flow}`)
    assert.equal(status, 200, text)
    const uri = scan(/src="(data:image\/png;base64,[^"]+)"/.exec(text)?.[1] ?? '')
    const key = /<pre>([^<]+)</.exec(text)?.[1]?.replaceAll(' ', '')
    return { uri, key }
  },

  confirm: (browser: Browser, flow: string, code: string) => browser.visit('POST', '/login/enrol', { flow, code }),
})

export const recoveryCodesIn = (text: string) => text.match(/[A-Z2-7]{4}(-[A-Z2-7]{4}){3}/g) ?? []
