/** `/v1/signing-keys` and `/v1/master-key`: what the commands for operators call. */
import * as z from 'zod'
import { resealSome } from '../../core/reseal.ts'
import { rotateSigningKey } from '../../core/sessions/key-rotation.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'

const door = 'apiKey'
const tag = 'admin: keys'

const Rotation = z.strictObject({ revoke: z.boolean().default(false) })
const SigningKey = z.object({ kid: z.string() })
const Resealed = z.object({ resealed: z.number(), remaining: z.number(), unprovable: z.number() })

export const keys = createRouter()
  .post(
    '/signing-keys/rotate',
    operation({ summary: 'A new signing key now', door, tag, answers: { 201: SigningKey } }),
    requireApiKey,
    jsonBody(Rotation),
    async (c) => c.json({ kid: await rotateSigningKey(c.var.deps, c.var.actor, c.req.valid('json')) }, 201),
  )

  .post(
    '/master-key/reseal',
    operation({ summary: 'Seal some rows under the current master key', door, tag, answers: { 200: Resealed } }),
    requireApiKey,
    jsonBody(z.strictObject({})),
    async (c) => c.json(await resealSome(c.var.deps, c.var.actor)),
  )
