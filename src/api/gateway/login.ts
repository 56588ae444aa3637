/** Into a login and back from it. */
import type { Context } from 'hono'
import * as z from 'zod'
import { AppError } from '../../core/errors.ts'
import { takeCallback } from '../../core/gateway/callback.ts'
import { startLoginFlow } from '../../core/gateway/login-flow.ts'
import { departStraight } from '../../core/gateway/ways-in.ts'
import { setFlowCookie as setProviderCookie } from '../../http/flow-cookie.ts'
import { operation } from '../../http/operation.ts'
import { type AppEnv, createRouter } from '../../http/router.ts'
import { setSessionCookie } from '../../http/session-cookie.ts'
import { needed, validate } from '../../http/validate.ts'
import { clearFlowCookie, readFlowSecrets, setFlowCookie } from './cookies.ts'

const tag = 'gateway'
const answers = { 302: 'To the login of the organisation' }

const parameter = needed(z.string().optional())

export const login = createRouter()
  .get(
    '/login',
    operation({ summary: "To an organisation's login", door: 'open', tag, answers }),
    validate('query', z.object({ callback: parameter, org: parameter })),
    (c) => start(c, c.req.valid('query')),
  )

  .get(
    '/org/:org/login',
    operation({ summary: "To an organisation's login", door: 'open', tag, answers }),
    validate('query', z.object({ callback: parameter })),
    (c) => start(c, { ...c.req.valid('query'), org: c.req.param('org') }),
  )

  .get(
    '/callback',
    operation({
      summary: 'Back from a login, with its one-time token',
      door: 'possession',
      tag,
      answers: { 302: 'To the service, with a session' },
    }),
    validate('query', z.object({ imid_token: parameter, serviceCallback: parameter })),
    async (c) => {
      const { imid_token: token, serviceCallback } = c.req.valid('query')
      const secrets = readFlowSecrets(c)
      const { location, secret, credential } = await takeCallback(c.var.deps, { token, serviceCallback, secrets })
      clearFlowCookie(c, secret)
      setSessionCookie(c, credential)
      return c.redirect(location, 302)
    },
  )

async function start(
  c: Context<AppEnv>,
  { org, callback }: { org?: string | undefined; callback?: string | undefined },
) {
  if (!org || !callback) throw new AppError('parameter_missing')
  const flow = await startLoginFlow(c.var.deps, { org, callback })
  setFlowCookie(c, flow)
  const departure = await departStraight(c.var.deps, flow)
  if (departure?.binding) setProviderCookie(c, departure.binding)
  return c.redirect(departure?.url ?? `/login?flow=${flow.id}`, 302)
}
