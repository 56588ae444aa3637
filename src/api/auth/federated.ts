/** Logging in through a provider: for each of the table a start and a callback, both made of redirects. */
import type { Context } from 'hono'
import * as z from 'zod'
import type { Departure } from '../../core/federation/departure.ts'
import { finishLogin } from '../../core/federation/finish.ts'
import { PROVIDERS, type Provider, type ProviderName } from '../../core/federation/providers.ts'
import { startLogin } from '../../core/federation/start.ts'
import { text } from '../../http/fields.ts'
import { setFlowCookie, takeFlowCookie } from '../../http/flow-cookie.ts'
import { operation } from '../../http/operation.ts'
import { handleError } from '../../http/problem.ts'
import { type AppEnv, createRouter } from '../../http/router.ts'
import { formBody, readForm } from '../../http/validate.ts'
import { renderForBrowsers } from './browser-errors.ts'
import { parameters, value } from './parameters.ts'
import { codeChallenge } from './wire.ts'

const tag = 'auth: social login'

/** When the starts by GET were superseded (RFC 9745): a client's secret does not belong in an address. */
const DEPRECATED_SINCE = '@1704067200'

const callerState = text(2000).optional()

export const StartForm = z.strictObject({
  client_id: z.string(),
  client_secret: z.string(),
  state: callerState,
  codeChallenge: codeChallenge.optional(),
})
const startQuery = parameters('query', {
  client_id: { ...value(z.string().default(''), 'of the client'), isRequired: true },
  client_secret: value(z.string().optional(), 'of the client, if it is confidential'),
  state: value(callerState, 'comes back to the client as it is'),
  codeChallenge: value(codeChallenge.optional(), 'of PKCE, S256'),
})

interface Start {
  client_id: string
  client_secret?: string | undefined
  state?: string | undefined
  codeChallenge?: string | undefined
}

export const federated = createRouter()
federated.onError(handleError(renderForBrowsers))

for (const [name, provider] of Object.entries(PROVIDERS) as [ProviderName, Provider][]) {
  addStarts(name, provider)
  addCallbacks(name, provider)
}

function addStarts(name: ProviderName, { title, paths, startsByGet }: Provider) {
  const answers = { 302: `To ${title}` }
  const start = async (c: Context<AppEnv>, { client_id, client_secret, ...more }: Start) =>
    depart(c, await startLogin(c.var.deps, { kind: name, clientId: client_id, clientSecret: client_secret, ...more }))

  federated.post(
    paths.start,
    operation({ summary: `Log in with ${title}`, door: 'client', tag, answers }),
    formBody(StartForm),
    (c) => start(c, c.req.valid('form')),
  )
  if (!startsByGet) return
  federated.get(
    paths.start,
    operation({
      summary: `Log in with ${title}: use POST`,
      description: 'Needs the id of a client in the query, and of a confidential one the secret.',
      door: 'client',
      tag,
      answers,
      deprecated: true,
    }),
    async (c, next) => {
      c.header('Deprecation', DEPRECATED_SINCE)
      await next()
    },
    startQuery,
    (c) => start(c, c.req.valid('query')),
  )
}

function addCallbacks(name: ProviderName, { title, paths, callback }: Provider) {
  const described = operation({
    summary: `Back from ${title}`,
    description: 'Needs the state of a login that this very browser has started.',
    door: 'possession',
    tag,
    answers: { 302: "To the client's redirectUrl, with a code" },
  })
  const finish = async (c: Context<AppEnv>, parameters: URLSearchParams) => {
    const secret = takeFlowCookie(c, parameters.get('state') ?? '')
    return c.redirect(await finishLogin(c.var.deps, { provider: name, parameters, secret }), 302)
  }

  federated.get(paths.callback, described, (c) => finish(c, new URL(c.req.url).searchParams))
  if (callback === 'form_post') federated.post(paths.callback, described, async (c) => finish(c, await readForm(c)))
}

/** With the words of the original, for clients that show or log what they get. */
export function depart(c: Context<AppEnv>, { url, binding }: Departure) {
  if (binding) setFlowCookie(c, binding)
  const location = c.redirect(url, 302).headers.get('Location') ?? url
  return c.body(`Found. Redirecting to ${location}`, 302, { 'Content-Type': 'text/plain', Location: location })
}
