/** What comes back from an identity provider, or from our own hosted login to the gateway. */
import type { App } from '../support/ask.ts'
import { browserOf, locationOf, SERVICE, startLogin } from '../support/gateway.ts'
import { claimsOf, newSubject, setStage } from '../support/hostile-login.ts'
import { startSamlProvider } from '../support/saml-idp.ts'
import { write } from '../support/saml-idp-messages.ts'
import { begin, CONSUMER_URL, entityIdOf, makeSamlWorld, post } from '../support/saml-idp-world.ts'
import { ORIGIN } from '../support/variables.ts'
import { makeWorld } from '../support/world.ts'
import { type Thing, wonOnTheWay } from './race.ts'

const cookieOf = (cookies: Iterable<[string, string]>) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

/** To the client, with an error; or to nobody, because nobody is known any more. */
const SENT_ON_OR_REFUSED = [302, 401]

export const FEDERATION: Thing[] = [
  {
    name: 'social state',
    async prepare(app) {
      const stage = await setStage(app)
      const { visitor, state, nonce } = await stage.depart()
      stage.idp.wish({ claims: { ...claimsOf(newSubject()), nonce } })
      const cookie = cookieOf(visitor.jar.get(ORIGIN) ?? [])
      const path = `/auth/oidc-auth-redirect?${new URLSearchParams({ code: 'c', state })}`
      return {
        send: () => app.get(path, { cookie }),
        prize: wonOnTheWay,
        refusals: SENT_ON_OR_REFUSED,
        letDown: ({ headers }) => /error=(server_error|temporarily_unavailable)/.test(headers.get('location') ?? ''),
        close: async () => void (await stage.idp.stop()),
      }
    },
  },
  {
    name: 'SAML response',
    async prepare(app) {
      const idp = await startSamlProvider()
      const begun = await begin(app, await makeSamlWorld(app, idp), idp)
      const { response } = write(begun.login, idp.key)
      return {
        send: () => post(app, begun, response),
        prize: wonOnTheWay,
        refusals: SENT_ON_OR_REFUSED,
        close: async () => void (await idp.close()),
      }
    },
  },
  {
    name: 'SAML assertion nobody asked for',
    async prepare(app) {
      const idp = await startSamlProvider()
      const world = await makeSamlWorld(app, idp, { allowUnsolicited: true })
      const subject = `ada.${crypto.randomUUID()}@example.com`
      const audience = entityIdOf(world)
      const login = { entityId: idp.entityId, audience, consumerUrl: CONSUMER_URL, requestId: undefined, subject }
      const { response } = write({ ...login, now: app.now() }, idp.key)
      return {
        send: () => post(app, {}, response, `?client=${world.client.clientId}`),
        prize: wonOnTheWay,
        refusals: SENT_ON_OR_REFUSED,
        close: async () => void (await idp.close()),
      }
    },
  },
  {
    name: 'imid_token',
    async prepare(app) {
      const { path, cookie } = await onTheWayBack(app)
      return {
        send: () => app.get(path, { cookie }),
        prize: ({ status, headers }) =>
          status === 302 ? headers.getSetCookie().find((line) => line.startsWith('imidToken=')) : undefined,
        refusals: [403],
      }
    },
  },
]

/** Somebody who has logged in on our page, with the token for the gateway in the address. */
async function onTheWayBack(app: App) {
  const world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
  const browser = browserOf(app)
  const flow = await startLogin(browser, world)
  const { username, password } = world.user
  const posted = await browser.visit('POST', '/login/password', { flow, username, password })
  return { path: locationOf(posted), cookie: cookieOf(browser.cookies) }
}
