/**
 * A signed-in user's logins at providers. POST answers where the browser has to go; it comes back to the client's
 * redirectUrl with `linked`, or, where it keeps no cookies for the client's scripts, with a `linkCode` for PUT.
 */
import * as z from 'zod'
import { confirmLink } from '../../core/federation/link-codes.ts'
import { listIdentities, startLink, unlink } from '../../core/federation/links.ts'
import { PROVIDERS, type ProviderName } from '../../core/federation/providers.ts'
import { requireUser } from '../../http/authenticate.ts'
import { text } from '../../http/fields.ts'
import { setFlowCookie } from '../../http/flow-cookie.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'
import { parameters, value } from './parameters.ts'

const door = 'bearer'
const tag = 'auth: social login'

const providerPath = parameters('param', {
  provider: value(z.enum(Object.keys(PROVIDERS) as [ProviderName, ...ProviderName[]]), 'the provider'),
})
const LinkRequest = z.strictObject({ state: text(2000).optional() })
const Confirmation = z.strictObject({ code: z.string() })
const Departure = z.object({ url: z.url() })
const Identities = z.array(z.object({ provider: z.string(), name: z.string(), linkedAt: z.iso.datetime() }))

export const identities = createRouter()
  .get(
    '/auth/identities',
    operation({ summary: 'The logins that lead to this account', door, tag, answers: { 200: Identities } }),
    requireUser,
    async (c) => {
      const rows = await listIdentities(c.var.deps, c.var.actor)
      return c.json(
        rows.map(({ kind, name, linkedAt }) => ({ provider: kind, name, linkedAt: linkedAt.toISOString() })),
      )
    },
  )

  .post(
    '/auth/identities/:provider',
    operation({ summary: 'Link a login; the browser goes to the url', door, tag, answers: { 200: Departure } }),
    providerPath,
    jsonBody(LinkRequest),
    requireUser,
    async (c) => {
      const { provider } = c.req.valid('param')
      const { url, binding } = await startLink(c.var.deps, c.var.actor, { provider, ...c.req.valid('json') })
      // Where the page is of our own site, this browser can show later that it is the one that asked.
      if (binding) setFlowCookie(c, { ...binding, crossSite: true })
      return c.json({ url })
    },
  )

  .put(
    '/auth/identities/:provider',
    operation({ summary: 'Confirm a link by the code from the redirect', door, tag, answers: { 204: 'Linked' } }),
    providerPath,
    jsonBody(Confirmation),
    requireUser,
    async (c) => {
      const { provider } = c.req.valid('param')
      await confirmLink(c.var.deps, c.var.actor, { provider, ...c.req.valid('json') })
      return c.body(null, 204)
    },
  )

  .delete(
    '/auth/identities/:provider',
    operation({ summary: 'Unlink a login, but never the last way in', door, tag, answers: { 204: 'Unlinked' } }),
    providerPath,
    requireUser,
    async (c) => {
      await unlink(c.var.deps, c.var.actor, c.req.valid('param').provider)
      return c.body(null, 204)
    },
  )
