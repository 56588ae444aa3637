/** What a browser sends about a passkey, as WebAuthn level 3 writes it in JSON (section 5.1). */
import * as z from 'zod'

const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]+$/, 'must be base64url')

const common = {
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
}
const clientDataJSON = base64url(8000)

export const PasskeyCreated = z.object({
  ...common,
  response: z.object({
    clientDataJSON,
    attestationObject: base64url(32_000),
    transports: z.array(z.string().max(32)).max(10).default([]),
  }),
})

export const PasskeyAssertion = z.object({
  ...common,
  response: z.object({
    clientDataJSON,
    authenticatorData: base64url(8000),
    signature: base64url(4000),
    userHandle: z
      .union([base64url(200), z.literal('')])
      .nullish()
      .transform((handle) => handle ?? ''),
  }),
})

/** The same in a form, which can only carry text. */
export const ofForm = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .max(50_000)
    .transform((text, context) => {
      try {
        return JSON.parse(text)
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)
