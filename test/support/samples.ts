/** What a request to each route looks like in which nothing but the credential is wrong. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { PROVIDERS } from '../../src/core/federation/providers.ts'
import type { Sent } from './app.ts'
import type { Route } from './routes.ts'
import { credentialsOf, type World } from './world.ts'

export interface Sample {
  params?: Record<string, string>
  query?: Record<string, string | undefined>
  headers?: Record<string, string | undefined>
  /** Sent as JSON. */
  body?: Record<string, unknown>
  form?: Record<string, string | undefined>
}

const DEVICE = {
  platform: 'android',
  name: 'Phone',
  publicKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
}

const PASSKEY = { id: 'passkey', rawId: 'passkey', type: 'public-key', clientExtensionResults: {} }
const CREATED = { clientDataJSON: 'data', attestationObject: 'object' }
const ASSERTED = { clientDataJSON: 'data', authenticatorData: 'data', signature: 'signature' }

/** For each route that looks at anything before it asks who is there, or that reads the credential from somewhere else. */
const SAMPLES: Record<string, (world: World) => Sample> = {
  'POST /auth/login': (world) => ({ body: credentialsOf(world) }),
  'POST /auth/login-token': (world) => ({ body: credentialsOf(world) }),
  'POST /auth/token': ({ client }) => ({ body: { code: 'code', clientId: client.clientId } }),
  'POST /auth/token-refresh': () => ({ body: { refreshToken: 'token' } }),
  'POST /auth/switch-token': ({ tenant }) => ({ body: { refreshToken: 'token', tenantId: tenant.id } }),
  'POST /logout': () => ({ body: { refreshToken: 'token' } }),
  'POST /google/logout': () => ({ body: { refreshToken: 'token' } }),
  'POST /keycloak/logout': () => ({ body: { refreshToken: 'token' } }),
  'POST /auth/send-otp': ({ client, user }) => ({ body: { ...clientOf({ client }), key: user.username } }),
  'POST /auth/verify-otp': ({ client, user }) => ({
    body: { key: user.username, otp: '123456', clientId: client.clientId },
  }),
  'POST /auth/create-qr-code': ({ client }) => ({ body: { code: 'code', clientId: client.clientId } }),
  'GET /auth/check-qr-code': ({ client }) => ({ headers: { code: 'code', clientId: client.clientId } }),
  'PATCH /auth/change-password': ({ user }) => ({
    body: {
      refreshToken: 'token',
      username: user.username,
      oldPassword: user.password,
      password: 'another good one 1',
    },
  }),
  'POST /auth/forget-password': ({ client, user }) => ({ body: { ...clientOf({ client }), username: user.username } }),
  'GET /auth/verify-reset-password-link': () => ({ query: { token: 'token' } }),
  'PATCH /auth/reset-password': ({ client }) => ({
    body: { ...clientOf({ client }), token: 'token', password: 'another good one 1' },
  }),
  'GET /auth/sign-up/verify-token': () => ({ headers: { authorization: 'Bearer token' } }),
  'POST /auth/sign-up/create-user': ({ user }) => ({
    body: { email: user.email, password: 'another good one 1' },
    headers: { authorization: 'Bearer token' },
  }),
  'GET /active-users/:range': () => ({ params: { range: 'daily' } }),
  'POST /auth/identities/:provider': () => ({ params: { provider: 'google' }, body: {} }),
  'PUT /auth/identities/:provider': () => ({ params: { provider: 'google' }, body: { code: 'code' } }),
  'DELETE /auth/identities/:provider': () => ({ params: { provider: 'google' } }),
  'POST /devices/answer': ({ client }) => ({
    body: { deviceId: 'device', challenge: 'challenge', signature: 'signature', clientId: client.clientId },
  }),
  'POST /register-device': () => ({ query: { token: 'token' }, body: DEVICE }),
  'POST /passkeys': () => ({ form: { name: 'Laptop', response: JSON.stringify({ ...PASSKEY, response: CREATED }) } }),
  'POST /passkeys/remove': () => ({ form: { id: 'passkey' } }),
  'POST /sessions/end': () => ({ form: { id: 'session' } }),
  'POST /sessions/end-others': () => ({ form: {} }),
  'POST /auth/passkeys/options': () => ({ body: {} }),
  'POST /auth/passkeys': () => ({ body: { name: 'Laptop', response: { ...PASSKEY, response: CREATED } } }),
  'POST /auth/passkey-login': (world) => ({
    body: { ...clientOf(world), response: { ...PASSKEY, response: ASSERTED } },
  }),
  'GET /imsg-service/v1/callback': () => ({ query: { imid_token: 'token', serviceCallback: 'https://a.example' } }),
  'POST /imsg-service/v1/unit': () => ({ body: { unit: 'news' } }),
  'POST /auth/saml': (world) => ({ form: clientOf(world) }),
  'POST /auth/saml-redirect': () => ({ form: { SAMLResponse: 'response', RelayState: 'state' } }),
  ...Object.fromEntries(
    Object.values(PROVIDERS).flatMap(({ paths }) => [
      [`GET ${paths.start}`, (world: World) => ({ query: clientOf(world) })],
      [`POST ${paths.start}`, (world: World) => ({ form: clientOf(world) })],
      [`GET ${paths.callback}`, () => ({ query: { state: 'state', code: 'code' } })],
      [`POST ${paths.callback}`, () => ({ form: { state: 'state', code: 'code' } })],
    ]),
  ),
}

/** Names, in bodies, headers and queries, of what proves something by being known. */
const SECRETS =
  /^(client_?secret|code|refresh_?token|imid_token|token|otp|authorization|state|SAMLResponse|RelayState|challenge|signature)$/i

/** Doors that ask who is there before anything else. */
const ASK_FIRST = ['apiKey', 'tenantKey', 'member', 'hmac']

/** The sample of the route. One that is missing fails here. */
export function sampleOf({ name, method, doors }: Route, world: World): Sample {
  const sample = SAMPLES[name]?.(world)
  if (sample) return sample
  const readsBody = !['GET', 'DELETE'].includes(method) && !ASK_FIRST.includes(doors[0] ?? '')
  assert.ok(!readsBody, `test/support/samples.ts has no sample for ${name}`)
  return {}
}

/** The sample with each of its secrets replaced; undefined leaves it out. */
export function withSecrets(sample: Sample, replace: (name: string) => string | undefined): Sample {
  let replaced = 0
  const swap = (name: string, value: unknown): unknown => {
    if (!SECRETS.test(name)) return value
    replaced++
    const secret = replace(name)
    return name === 'authorization' && secret ? `Bearer ${secret}` : secret
  }
  const changed = mapMembers(sample, (_, part) => mapMembers(part as object, swap))
  assert.ok(replaced > 0, 'nothing in the sample proves anything')
  return changed
}

/** Ids that are nobody's fill the rest of the path. */
export function toRequest({ path }: Route, sample: Sample): [path: string, sent: Sent] {
  const { params = {}, query = {}, headers = {}, body, form } = sample
  const filled = path.replace(/:(\w+)(\{[^}]*\})?\??/g, (_, name) => params[name] ?? crypto.randomUUID())
  const search = new URLSearchParams(defined(query)).toString()
  const sent = { headers: defined(headers), body: form ? new URLSearchParams(defined(form)) : body }
  return [search ? `${filled}?${search}` : filled, sent]
}

function mapMembers<T extends object>(members: T, change: (name: string, value: unknown) => unknown): T {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(name, value)])) as T
}

const clientOf = ({ client }: Pick<World, 'client'>) => ({
  client_id: client.clientId,
  client_secret: client.clientSecret,
})

function defined(members: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
