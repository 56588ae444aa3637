/** Logging in and out. */
import * as z from 'zod'
import { logInToAccount, TOKEN_SECONDS } from '../../core/account/login.ts'
import { endSessionOf } from '../../core/sessions/logout.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'
import { requireFormerMember, requireTenantKey } from './authenticate.ts'
import { Envelope, JSON_TYPES, succeed } from './wire.ts'

const tag = 'account'

const LoginRequest = z.object({
  username: z.string(),
  password: z.string(),
  /** Ours: the code of the second factor, where one is due. */
  otp: z.string().nullish(),
})
const LoginResponse = Envelope.extend({
  token: z.string(),
  /** Seconds. */
  expiresIn: z.int(),
})
const LogoutRequest = z.looseObject({})

export const session = createRouter()
  .post(
    '/login',
    operation({ summary: 'Log in', door: 'tenantKey', tag, answers: { 200: LoginResponse } }),
    requireTenantKey,
    jsonBody(LoginRequest, { types: JSON_TYPES }),
    async (c) => {
      const { username, password, otp } = c.req.valid('json')
      const { tenantId } = c.var.actor
      const token = await logInToAccount(c.var.deps, { tenantId, username, password, otp: otp ?? undefined })
      return succeed(c, { token, expiresIn: TOKEN_SECONDS })
    },
  )

  .post(
    '/logout',
    operation({ summary: 'Log out', door: 'member', tag, answers: { 200: Envelope } }),
    requireFormerMember,
    jsonBody(LogoutRequest, { types: JSON_TYPES }),
    async (c) => {
      await endSessionOf(c.var.deps, c.var.actor.claims)
      return succeed(c, {})
    },
  )
