/** Every page that people see, by the journeys that lead there. The axe, the camera and whoever else looks share them. */
import type { Page } from 'playwright-core'
import type { Words } from '../../src/pages/words.ts'
import { codeAt, scan } from '../support/authenticator-app.ts'
import { beginLogin, comeIn, openDeviceLink, openResetLink, openSignUpLink, type Stage, send } from './stage.ts'

export interface Step {
  page: string
  /** What the heading says, once one is there. */
  title: string
  /** From the page before. */
  go(page: Page, stage: Stage): Promise<unknown>
}

const NOBODY = { username: 'nobody' }
const COMMON = { password: 'password1' }
const GOOD = { password: 'another good one 1' }

export const journeysIn = (words: Words): Record<string, Step[]> => ({
  'the login and its ways out': [
    { page: 'login', title: words.loginTitle, go: (page, { world, callback }) => beginLogin(page, world, callback) },
    {
      page: 'login-refused',
      title: words.loginTitle,
      async go(page) {
        await send(page, '/login/password', { ...NOBODY, password: 'wrong' })
        await page.getByText(words.loginInvalid).waitFor()
      },
    },
    { page: 'login-forgot', title: words.forgot, go: (page) => send(page, '/login/forgot', NOBODY) },
    {
      page: 'login-sign-up',
      title: words.signUpTitle,
      async go(page, { world, callback }) {
        await beginLogin(page, world, callback)
        await send(page, '/login/sign-up', { email: 'new@example.com' })
      },
    },
    { page: 'login-ended', title: words.flowEndedTitle, go: (page) => page.goto('/login?flow=none') },
    {
      page: 'provider-refused',
      title: words.flowEndedTitle,
      go: (page) => page.goto('/auth/google-auth-redirect?state=none&code=none'),
    },
  ],
  'a one-time code': [
    {
      page: 'code',
      title: words.loginTitle,
      async go(page, { world, callback }) {
        await beginLogin(page, world, callback)
        await send(page, '/login/send-code', NOBODY)
        await page.getByText(words.codeIntro).waitFor()
      },
    },
    {
      page: 'code-refused',
      title: words.loginTitle,
      async go(page) {
        await send(page, '/login/code', { code: '000000' })
        await page.getByRole('alert').waitFor()
      },
    },
  ],
  'a second factor, and the app for it': [
    {
      page: 'factor',
      title: words.factorTitle,
      async go(page, { strict, callback }) {
        const { username, password } = strict.user
        await beginLogin(page, strict, callback)
        await send(page, '/login/password', { username, password })
      },
    },
    {
      page: 'enrol',
      title: words.enrolTitle,
      async go(page, { app, strict }) {
        const [message] = await app.outbox(strict.user.email)
        await page.locator('[name="code"]').fill(message?.code ?? '')
        await page.getByRole('button', { name: words.enrolByCode }).click()
      },
    },
    {
      page: 'enrol-refused',
      title: words.enrolTitle,
      async go(page) {
        await send(page, '/login/enrol', { code: '000000' })
        await page.getByRole('alert').waitFor()
      },
    },
    {
      page: 'recovery-codes',
      title: words.recoveryTitle,
      async go(page, { app }) {
        const uri = scan((await page.getByRole('img').getAttribute('src')) ?? '')
        await send(page, '/login/enrol', { code: codeAt(uri, app.now()) })
      },
    },
  ],
  'a new password': [
    { page: 'reset', title: words.resetTitle, go: openResetLink },
    {
      page: 'reset-refused',
      title: words.resetTitle,
      async go(page) {
        await send(page, '/reset-password', COMMON)
        await page.getByRole('alert').waitFor()
      },
    },
    { page: 'reset-done', title: words.resetDoneTitle, go: (page) => send(page, '/reset-password', GOOD) },
    { page: 'link-ended', title: words.linkEndedTitle, go: (page) => page.goto('/reset-password?token=none') },
  ],
  'a new account': [
    { page: 'sign-up', title: words.signUpTitle, go: openSignUpLink },
    {
      page: 'sign-up-refused',
      title: words.signUpTitle,
      async go(page) {
        await send(page, '/sign-up', COMMON)
        await page.getByRole('alert').waitFor()
      },
    },
    { page: 'sign-up-done', title: words.signUpDoneTitle, go: (page) => send(page, '/sign-up', GOOD) },
  ],
  'one’s own account': [
    { page: 'signed-out', title: words.signedOutTitle, go: (page) => page.goto('/passkeys') },
    {
      page: 'sessions',
      title: words.sessionsTitle,
      async go(page, stage) {
        await comeIn(page, stage)
        await comeIn(page, stage)
        await page.goto('/sessions')
      },
    },
    {
      page: 'passkeys',
      title: words.passkeysTitle,
      go: (page) => page.getByRole('link', { name: words.passkeysTitle }).click(),
    },
    {
      page: 'logged-out',
      title: words.loggedOutTitle,
      async go(page) {
        await page.goto('/sessions')
        await send(page, '/sessions/end')
      },
    },
  ],
  'what mails and developers see': [
    { page: 'register-device', title: words.deviceTitle, go: openDeviceLink },
    { page: 'outbox', title: 'Outbox', go: (page) => page.goto('/dev/outbox') },
  ],
})

export async function walk(page: Page, stage: Stage, { title, go }: Step): Promise<void> {
  await go(page, stage)
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
}
