/** One-time codes and the authenticator app. */
import * as z from 'zod'
import { hasAuthenticator, startEnrolment } from '../../core/credentials/enrol.ts'
import { sendOtp } from '../../core/credentials/otp.ts'
import { verifyOtp } from '../../core/credentials/verify-otp.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'
import { CodeResponse } from './wire.ts'

const tag = 'auth: second factor'

const OtpSendRequest = z.strictObject({ client_id: z.string(), client_secret: z.string(), key: z.string() })
const OtpLoginRequest = z.strictObject({ key: z.string(), otp: z.string(), clientId: z.string().optional() })
const QrCodeRequest = z.strictObject({ code: z.string(), clientId: z.string(), otp: z.string().optional() })
const Verified = CodeResponse.extend({ recoveryCodes: z.array(z.string()).optional() })

export const otp = createRouter()
  .post(
    '/auth/send-otp',
    operation({
      summary: 'Send a one-time code',
      door: 'client',
      tag,
      answers: { 204: 'Sent, or not: it does not tell' },
    }),
    jsonBody(OtpSendRequest),
    async (c) => {
      const { client_id, client_secret, key } = c.req.valid('json')
      await sendOtp(c.var.deps, { clientId: client_id, clientSecret: client_secret, username: key })
      return c.body(null, 204)
    },
  )

  .post(
    '/auth/verify-otp',
    operation({ summary: 'A one-time code into a code', door: 'possession', tag, answers: { 200: Verified } }),
    jsonBody(OtpLoginRequest),
    async (c) => {
      const { key, ...given } = c.req.valid('json')
      return c.json(await verifyOtp(c.var.deps, { username: key, ...given }))
    },
  )

  .post(
    '/auth/create-qr-code',
    operation({
      summary: 'Enrol an authenticator app',
      door: 'possession',
      tag,
      answers: { 200: z.object({ qrCode: z.string() }) },
    }),
    jsonBody(QrCodeRequest),
    async (c) => {
      const request = c.req.valid('json')
      const qrCode = await startEnrolment(c.var.deps, { ...request, otp: request.otp ?? c.req.header('otp') })
      return c.json({ qrCode })
    },
  )

  .get(
    '/auth/check-qr-code',
    operation({
      summary: 'Whether an authenticator app is in use',
      door: 'possession',
      tag,
      answers: { 200: z.object({ isGenerated: z.boolean() }) },
    }),
    async (c) => {
      const held = { code: c.req.header('code') || undefined, clientId: c.req.header('clientId') }
      return c.json({ isGenerated: await hasAuthenticator(c.var.deps, held) })
    },
  )
