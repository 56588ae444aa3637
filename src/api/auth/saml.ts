/** SAML: we are the service provider. Nothing of it is loaded before somebody uses it. */
import * as z from 'zod'
import { startLogin } from '../../core/federation/start.ts'
import { takeFlowCookie } from '../../http/flow-cookie.ts'
import { operation } from '../../http/operation.ts'
import { handleError } from '../../http/problem.ts'
import { createRouter, limitBody } from '../../http/router.ts'
import { formBody, readForm } from '../../http/validate.ts'
import { renderForBrowsers } from './browser-errors.ts'
import { depart, StartForm } from './federated.ts'
import { parameters, required } from './parameters.ts'

const tag = 'auth: SAML'

/** 256 KiB of XML in base64, whose line breaks and signs the form writes with three characters each. */
const RESPONSE_LIMIT_BYTES = 512 * 1024

export const saml = createRouter()
  .get(
    '/auth/saml/metadata',
    operation({
      summary: 'What an identity provider has to know of us',
      door: 'open',
      tag,
      answers: { 200: 'SAML metadata' },
    }),
    parameters('query', { connection: required(z.string(), 'the id of the connection') }),
    async (c) => {
      const { describeServiceProvider } = await import('../../core/federation/saml/description.ts')
      const metadata = await describeServiceProvider(c.var.deps, c.req.valid('query').connection)
      return c.body(metadata, 200, { 'Content-Type': 'application/samlmetadata+xml' })
    },
  )

  .post(
    '/auth/saml',
    operation({ summary: 'Log in with SAML', door: 'client', tag, answers: { 302: 'To the identity provider' } }),
    formBody(StartForm),
    async (c) => {
      const { client_id, client_secret, ...more } = c.req.valid('form')
      const start = { kind: 'saml' as const, clientId: client_id, clientSecret: client_secret, ...more }
      return depart(c, await startLogin(c.var.deps, start))
    },
  )

/** The form is the identity provider's: whatever else it sends is left alone. */
export const samlResponse = createRouter().post(
  '/auth/saml-redirect',
  operation({
    summary: 'Back from a SAML identity provider',
    description:
      'Needs the RelayState of a login that this very browser has started, unless the connection allows others.',
    door: 'possession',
    tag,
    answers: { 302: "To the client's redirectUrl, with a code" },
  }),
  limitBody(RESPONSE_LIMIT_BYTES),
  async (c) => {
    const form = await readForm(c)
    const { finishSamlLogin } = await import('../../core/federation/saml/finish.ts')
    const relayState = form.get('RelayState') ?? ''
    const url = await finishSamlLogin(c.var.deps, {
      response: form.get('SAMLResponse') ?? '',
      relayState,
      secret: takeFlowCookie(c, relayState),
      clientId: c.req.query('client') ?? '',
    })
    return c.redirect(url, 302)
  },
)

for (const router of [saml, samlResponse]) router.onError(handleError(renderForBrowsers))
