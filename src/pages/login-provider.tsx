/** @jsxImportSource hono/jsx */
/**
 * From the hosted login to an identity provider. Links, not forms: browsers hold a form to the origins that its page
 * names through every redirect, and where a provider redirects to is its own affair.
 */
import * as z from 'zod'
import { departFromLogin } from '../core/gateway/ways-in.ts'
import { setFlowCookie } from '../http/flow-cookie.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { needed, validate } from '../http/validate.ts'
import { withFlow } from './login-frame.tsx'
import type { Words } from './words.ts'

const id = needed(z.string().max(64).default(''))

export const loginProvider = createRouter().get(
  '/login/provider',
  operation({
    summary: 'Log in with an identity provider',
    door: 'open',
    tag: 'pages',
    answers: { 302: 'To the provider' },
  }),
  validate('query', z.object({ flow: id, connection: id })),
  (c) => {
    const { flow, connection } = c.req.valid('query')
    return withFlow(c, flow, async (frame) => {
      const { url, binding } = await departFromLogin(c.var.deps, frame.flow, connection)
      if (binding) setFlowCookie(c, binding)
      return c.redirect(url, 302)
    })
  },
)

export interface ProviderLinksProps {
  flow: string
  words: Words
  providers: { id: string; name: string }[]
}

export function ProviderLinks({ flow, words, providers }: ProviderLinksProps) {
  if (providers.length === 0) return null
  return (
    <ul>
      {providers.map(({ id: connection, name }) => (
        <li>
          <a class="way" href={`/login/provider?${new URLSearchParams({ flow, connection })}`}>
            {words.providerContinue(name)}
          </a>
        </li>
      ))}
    </ul>
  )
}
