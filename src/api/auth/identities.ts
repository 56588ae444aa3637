/** A signed-in user's logins at providers. */
import * as z from 'zod'
import { listIdentities, startLink, unlink } from '../../core/federation/links.ts'
import { PROVIDERS, type ProviderName } from '../../core/federation/providers.ts'
import { requireUser } from '../../http/authenticate.ts'
import { text } from '../../http/fields.ts'
import { setFlowCookie } from '../../http/flow-cookie.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'

const door = 'bearer'
const tag = 'auth: social login'

const Path = z.object({ provider: z.enum(Object.keys(PROVIDERS) as [ProviderName, ...ProviderName[]]) })
const LinkRequest = z.strictObject({ state: text(2000).optional() })
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
    validate('param', Path),
    jsonBody(LinkRequest),
    requireUser,
    async (c) => {
      const { provider } = c.req.valid('param')
      const { url, binding } = await startLink(c.var.deps, c.var.actor, { provider, ...c.req.valid('json') })
      // The page that asks may be of another site than ours: a script's request sets only such a cookie there.
      if (binding) setFlowCookie(c, { ...binding, crossSite: true })
      return c.json({ url })
    },
  )

  .delete(
    '/auth/identities/:provider',
    operation({ summary: 'Unlink a login, but never the last way in', door, tag, answers: { 204: 'Unlinked' } }),
    validate('param', Path),
    requireUser,
    async (c) => {
      await unlink(c.var.deps, c.var.actor, c.req.valid('param').provider)
      return c.body(null, 204)
    },
  )
