/** What a registration link takes: the key of a native app, or the passkey that its page has made. */
import * as z from 'zod'
import { registerApp, registerPasskey } from '../../core/devices/registration.ts'
import { text } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, needed, validate } from '../../http/validate.ts'
import { PasskeyCreated } from '../../http/webauthn.ts'

const coordinate = z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url')
const described = { platform: text(50), name: text(200) }
const AppDevice = z.object({
  ...described,
  publicKey: z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  pushToken: text(4000).optional(),
})
const PasskeyDevice = z.object({ ...described, passkey: PasskeyCreated })

const Registered = z.object({
  status: z.literal(true),
  device: z.object({ id: z.string(), status: z.literal('active') }),
})

export const registration = createRouter().post(
  '/',
  operation({
    summary: 'Register a device, which spends the link',
    door: 'possession',
    tag: 'devices',
    answers: { 201: Registered },
  }),
  validate('query', z.object({ token: needed(z.string().default('')) })),
  jsonBody(z.union([AppDevice, PasskeyDevice])),
  async (c) => {
    const { token } = c.req.valid('query')
    const given = c.req.valid('json')
    const device = await ('passkey' in given
      ? registerPasskey(c.var.deps, token, { ...given, response: given.passkey })
      : registerApp(c.var.deps, token, given))
    return c.json({ status: true as const, device }, 201)
  },
)
