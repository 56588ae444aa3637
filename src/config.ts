/** Every variable and secret, read once at start. A bad one stops the start with a sentence that names it. */
import * as z from 'zod'

/** 32 bytes in base64url (43 characters); a key of one repeated byte is no secret. */
const masterKey = z
  .string('is missing')
  .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 random bytes in base64url (43 characters)')
  .refine((key) => new Set(key).size >= 12, 'is too weak: make one of 32 random bytes')

const adminApiKey = z
  .string('is missing')
  .min(24, 'is too weak: at least 24 characters')
  .refine((key) => new Set(key).size >= 10, 'is too weak: make it random')

const origin = z
  .url({ protocol: /^https?$/, abort: true, error: 'must be an http or https origin' })
  .refine((url) => url === new URL(url).origin, 'must be an origin without a path')
  .refine((url) => url.startsWith('https:') || isLocal(url), 'must be https (http is for localhost only)')

const whole = (standard: number, most: number) => {
  const words = `must be a whole number from 1 to ${most}`
  // [vars] of wrangler.toml may hold numbers, and booleans for flags.
  return z.coerce
    .string()
    .regex(/^\d+$/, words)
    .transform(Number)
    .pipe(z.int(words).min(1, words).max(most, words))
    .default(standard)
}
const count = (standard: number) => whole(standard, 1_000_000)
const seconds = (standard: number) => whole(standard, 31_536_000)
const flag = z.coerce.string().pipe(z.stringbool('must be true or false')).optional()

const Raw = z.object({
  PUBLIC_ORIGIN: z.string('is missing: set it to the origin this service is reached at').pipe(origin),
  MASTER_KEY: masterKey,
  MASTER_KEY_PREVIOUS: masterKey.optional(),
  ADMIN_API_KEY: adminApiKey,
  SIGNING_ALG: z.enum(['ES256', 'RS256', 'EdDSA']).default('ES256'),
  LIBSQL_URL: z
    .string()
    .regex(/^(libsql|https?|wss?|file):/, 'must be a libsql:, http(s):, ws(s): or file: URL')
    .optional(),
  LIBSQL_AUTH_TOKEN: z.string().optional(),
  SESSION_READS: z.enum(['cached', 'strict']).default('cached'),
  SESSION_IDLE_SECONDS: seconds(28_800),
  SESSION_ABSOLUTE_SECONDS: seconds(604_800),
  GATEWAY_COOKIE_NAME: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be a cookie name')
    .regex(/^(?!__Host-(gw|login)-)/i, 'must not be that of a cookie of ours')
    .default('imidToken'),
  GATEWAY_COOKIE_DOMAIN: z.hostname('must be a domain').optional(),
  LOGIN_LIMIT_PER_USERNAME: count(10),
  LOGIN_LIMIT_PER_ADDRESS: count(50),
  LOGIN_WINDOW_SECONDS: seconds(900),
  CLIENT_ADDRESS_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be a header name')
    .optional(),
  DELIVERY: z.enum(['outbox', 'webhook', 'binding', 'brevo']).optional(),
  DELIVERY_FROM: z.email('must be a mail address').optional(),
  DELIVERY_SMS_FROM: z
    .string()
    .regex(/^([A-Za-z0-9 ]{1,11}|\+?\d{1,15})$/, 'must be up to 11 letters and digits, or a number')
    .default('Gatehouse'),
  DELIVERY_URL: z
    .url({ protocol: /^https?$/, abort: true, error: 'must be an http or https URL' })
    .refine((url) => !new URL(url).username, 'must not contain a user name')
    .optional(),
  DELIVERY_SECRET: z
    .string()
    .min(16, 'is too weak: at least 16 characters')
    .regex(/^(?!whsec_)|^whsec_([A-Za-z0-9+/]{4}){8,}([A-Za-z0-9+/]{2,3}={0,2})?$/, 'must be whsec_ and base64')
    .optional(),
  ALLOW_INSECURE_PEERS: flag,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})

/** For a runtime that lets each variable be read by name only. */
export const VARIABLE_NAMES = Object.keys(Raw.shape)

const Variables = Raw.transform((raw) => {
  const development = isLocal(raw.PUBLIC_ORIGIN)
  return {
    ...raw,
    development,
    DELIVERY: raw.DELIVERY ?? (development ? ('outbox' as const) : undefined),
    ALLOW_INSECURE_PEERS: raw.ALLOW_INSECURE_PEERS ?? development,
  }
}).superRefine((config, context) => {
  const refuse = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message })
  const { DELIVERY } = config
  if (!DELIVERY) refuse('DELIVERY', 'is missing: choose webhook, binding or brevo')
  if (DELIVERY === 'outbox' && !config.development) refuse('DELIVERY', 'may be outbox on localhost only')
  if (DELIVERY === 'webhook' && !config.DELIVERY_URL) refuse('DELIVERY_URL', 'is missing: the webhook needs it')
  if ((DELIVERY === 'webhook' || DELIVERY === 'brevo') && !config.DELIVERY_SECRET)
    refuse('DELIVERY_SECRET', `is missing: DELIVERY=${DELIVERY} needs it`)
  if ((DELIVERY === 'binding' || DELIVERY === 'brevo') && !config.DELIVERY_FROM)
    refuse('DELIVERY_FROM', 'is missing: the sender of mails')
  if (config.DELIVERY_URL?.startsWith('http:') && !config.ALLOW_INSECURE_PEERS) refuse('DELIVERY_URL', 'must be https')
  if (config.ALLOW_INSECURE_PEERS && !config.development)
    refuse('ALLOW_INSECURE_PEERS', 'may be true on localhost only')
  if (config.GATEWAY_COOKIE_DOMAIN && /^__Host-/i.test(config.GATEWAY_COOKIE_NAME))
    refuse('GATEWAY_COOKIE_DOMAIN', 'must not be set beside a __Host- cookie, which is for one host')
  if (config.MASTER_KEY === config.MASTER_KEY_PREVIOUS) refuse('MASTER_KEY_PREVIOUS', 'must differ from MASTER_KEY')
})

export type Config = z.infer<typeof Variables>

/** Throws an Error of one sentence that names the first bad variable; empty strings count as absent. */
export function parseConfig(variables: Record<string, unknown>): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = Variables.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const name = String(issue?.path[0] ?? 'configuration')
  const words = issue?.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}` : issue?.message
  throw new Error(`Gatehouse cannot start: ${name} ${words}.`)
}

export function isLocal(url: string): boolean {
  const { hostname } = new URL(url)
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname.endsWith('.localhost')
}
