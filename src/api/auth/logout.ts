/** Logout: the session behind the pair of tokens ends, and for those who came through a provider also there. */
import * as z from 'zod'
import { logOutAtProvider } from '../../core/federation/logout.ts'
import { logOut } from '../../core/sessions/logout.ts'
import { requireUser } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'

const tag = 'auth: logout'

const LogoutRequest = z.strictObject({ refreshToken: z.string().optional() })
const LoggedOut = z.object({ success: z.literal(true), key: z.string() })

export const logout = createRouter().post(
  '/logout',
  operation({ summary: 'End the session', door: 'bearer', tag, answers: { 200: LoggedOut } }),
  jsonBody(LogoutRequest),
  requireUser,
  async (c) => {
    await logOut(c.var.deps, c.var.actor, c.req.valid('json').refreshToken)
    return c.json({ success: true as const, key: c.var.actor.id })
  },
)

for (const provider of ['google', 'keycloak'] as const)
  logout.post(
    `/${provider}/logout`,
    operation({
      summary: `End the session, here and at ${provider}`,
      door: 'bearer',
      tag,
      answers: { 200: LoggedOut },
    }),
    jsonBody(LogoutRequest),
    requireUser,
    async (c) => {
      const { refreshToken } = c.req.valid('json')
      await logOutAtProvider(c.var.deps, c.var.actor, { provider, refreshToken })
      return c.json({ success: true as const, key: c.var.actor.id })
    },
  )
