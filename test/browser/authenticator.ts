/** A virtual authenticator in a browser, and what a page of a client does with it. */
import type { CDPSession, Page } from 'playwright-core'
import { bearer, type Tokens, type World } from '../support/world.ts'

export async function attachAuthenticator(page: Page) {
  const client: CDPSession = await page.context().newCDPSession(page)
  await client.send('WebAuthn.enable')
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    verifies: (isUserVerified: boolean) => client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  }
}

/** The library, as the pages load it. */
declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser')
type Options = Parameters<typeof SimpleWebAuthnBrowser.startRegistration>[0]['optionsJSON']

/** Asks from within the page, which its policy must allow. */
async function post<Body>(page: Page, path: string, sent: object, more: object = {}) {
  const headers = { 'content-type': 'application/json', ...more }
  const asked = [path, { method: 'POST', headers, body: JSON.stringify(sent) }] as const
  const { status, body } = await page.evaluate(async ([url, init]) => {
    const response = await fetch(url, init)
    return { status: response.status, body: await response.json() }
  }, asked)
  if (status !== 200) throw new Error(`answered ${status}`)
  return body as Body
}

/** The code that a passkey gets. */
export async function logIn(page: Page, { client }: World): Promise<string> {
  const options = await post<Options>(page, '/auth/passkey-login/options', {})
  const response = await page.evaluate(
    (optionsJSON) => SimpleWebAuthnBrowser.startAuthentication({ optionsJSON }),
    options,
  )
  const login = { client_id: client.clientId, client_secret: client.clientSecret, response }
  return (await post<{ code: string }>(page, '/auth/passkey-login', login)).code
}

export async function enrol(page: Page, tokens: Tokens): Promise<void> {
  const options = await post<Options>(page, '/auth/passkeys/options', {}, bearer(tokens))
  const response = await page.evaluate(
    (optionsJSON) => SimpleWebAuthnBrowser.startRegistration({ optionsJSON }),
    options,
  )
  await post(page, '/auth/passkeys', { name: 'Browser', response }, bearer(tokens))
}
