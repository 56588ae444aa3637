/** Changing a password, and resetting a forgotten one. */
import * as z from 'zod'
import { changePassword } from '../../core/credentials/change-password.ts'
import { sendResetLink } from '../../core/credentials/reset-links.ts'
import { readResetLink, resetPassword } from '../../core/credentials/reset-password.ts'
import { requireUser } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'
import { parameters, required } from './parameters.ts'
import { Success } from './wire.ts'

const tag = 'auth: password'

const ChangePassword = z.strictObject({
  refreshToken: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  oldPassword: z.string().optional(),
})
const ForgetPassword = z.strictObject({ username: z.string(), client_id: z.string(), client_secret: z.string() })
const ResetPassword = z.strictObject({
  token: z.string(),
  password: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
})

export const password = createRouter()
  .patch(
    '/auth/change-password',
    operation({ summary: 'Change the own password', door: 'bearer', tag, answers: { 200: Success } }),
    jsonBody(ChangePassword),
    requireUser,
    async (c) => {
      await changePassword(c.var.deps, c.var.actor, c.req.valid('json'))
      return c.json({ success: true })
    },
  )

  .post(
    '/auth/forget-password',
    operation({
      summary: 'Send a link to a new password',
      door: 'client',
      tag,
      answers: { 204: 'Sent, or not: it does not tell' },
    }),
    jsonBody(ForgetPassword),
    async (c) => {
      const { client_id, client_secret, username } = c.req.valid('json')
      await sendResetLink(c.var.deps, { clientId: client_id, clientSecret: client_secret, username })
      return c.body(null, 204)
    },
  )

  .get(
    '/auth/verify-reset-password-link',
    operation({ summary: 'Whether the link still works', door: 'possession', tag, answers: { 200: Success } }),
    parameters('query', { token: required(z.string(), 'of the link in the mail') }),
    async (c) => {
      await readResetLink(c.var.deps, c.req.valid('query').token)
      return c.json({ success: true })
    },
  )

  .patch(
    '/auth/reset-password',
    operation({ summary: 'Choose a new password by the link', door: 'client', tag, answers: { 204: 'Changed' } }),
    jsonBody(ResetPassword),
    async (c) => {
      const { token, password, client_id, client_secret } = c.req.valid('json')
      const client = { clientId: client_id, clientSecret: client_secret }
      await resetPassword(c.var.deps, { token, password, client })
      return c.body(null, 204)
    },
  )
