/** Native apps log in by signing a challenge. */
import * as z from 'zod'
import { CHALLENGE_SECONDS, logInByDevice, makeDeviceChallenge } from '../../core/devices/device-login.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'

const tag = 'devices'

const deviceId = z.string().max(64)
const ChallengeRequest = z.object({ deviceId })
const Challenge = z.object({ challenge: z.string(), expiresIn: z.int() })
const AnswerRequest = z.object({
  deviceId,
  challenge: z.string().max(200),
  signature: z.string().max(200),
  clientId: z.string().max(200),
})
const Code = z.object({ code: z.string() })

export const deviceLogin = createRouter()
  .post(
    '/challenge',
    operation({ summary: 'A challenge for a device to sign', door: 'open', tag, answers: { 200: Challenge } }),
    jsonBody(ChallengeRequest),
    async (c) => {
      const challenge = await makeDeviceChallenge(c.var.deps, c.req.valid('json').deviceId)
      return c.json({ challenge, expiresIn: CHALLENGE_SECONDS })
    },
  )

  .post(
    '/answer',
    operation({ summary: 'A signed challenge into a code', door: 'possession', tag, answers: { 200: Code } }),
    jsonBody(AnswerRequest),
    async (c) => c.json({ code: await logInByDevice(c.var.deps, c.req.valid('json')) }),
  )
