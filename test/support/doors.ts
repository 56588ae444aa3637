/** What the test of the doors has to know about each route and each family. */
import assert from 'node:assert/strict'
import type { Answer, Sent } from './app.ts'
import type { Route } from './routes.ts'
import { credentialsOf, type World } from './world.ts'

/** A request in which nothing but the credential is wrong. */
interface Sample {
  params?: Record<string, string>
  query?: Record<string, string | undefined>
  headers?: Record<string, string | undefined>
  body?: Record<string, unknown>
}

/** For each route that looks at anything before it asks who is there, or that reads the credential from somewhere else. */
const SAMPLES: Record<string, (world: World) => Sample> = {
  'POST /auth/login': (world) => ({ body: credentialsOf(world) }),
  'POST /auth/login-token': (world) => ({ body: credentialsOf(world) }),
  'POST /auth/token': ({ client }) => ({ body: { code: 'code', clientId: client.clientId } }),
  'POST /auth/token-refresh': () => ({ body: { refreshToken: 'token' } }),
  'POST /auth/switch-token': ({ tenant }) => ({ body: { refreshToken: 'token', tenantId: tenant.id } }),
  'POST /logout': () => ({ body: { refreshToken: 'token' } }),
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
}

type Refusal = Answer<Record<string, unknown>>

/** How each family words an error, by where its routes begin. */
const ERRORS: [begins: RegExp, isError: (answer: Refusal) => boolean][] = [
  [/^\/v1\//, isProblem],
  [/^\/(auth|logout|login-activity|active-users|google|keycloak)\b/, isAuthError],
]

/** Names, in bodies, headers and queries, of what proves something by being known. */
const SECRETS = /^(client_?secret|code|refresh_?token|token|otp|authorization)$/i

/** The sample of the route. One that is missing fails here. */
export function sampleOf({ name, method, doors }: Route, world: World): Sample {
  const sample = SAMPLES[name]?.(world)
  if (sample) return sample
  const readsBody = !['GET', 'DELETE'].includes(method) && doors[0] !== 'apiKey'
  assert.ok(!readsBody, `test/support/doors.ts has no sample for ${name}`)
  return {}
}

/** The sample with each of its secrets replaced; undefined leaves it out. */
export function withSecrets(sample: Sample, replace: (name: string) => string | undefined): Sample {
  let replaced = 0
  const swap = <Part extends object>(part: Part | undefined): Part =>
    Object.fromEntries(
      Object.entries(part ?? {}).map(([name, value]) => {
        if (!SECRETS.test(name)) return [name, value]
        replaced++
        const secret = replace(name)
        return [name, name === 'authorization' && secret ? `Bearer ${secret}` : secret]
      }),
    ) as Part
  const changed = {
    ...sample,
    query: swap(sample.query),
    headers: swap(sample.headers),
    body: sample.body && swap(sample.body),
  }
  assert.ok(replaced > 0, 'nothing in the sample proves anything')
  return changed as Sample
}

/** Ids that are nobody's fill the rest of the path. */
export function toRequest({ path }: Route, { params = {}, query = {}, headers = {}, body }: Sample): [string, Sent] {
  const filled = path.replace(/:(\w+)(\{[^}]*\})?\??/g, (_, name) => params[name] ?? crypto.randomUUID())
  const search = new URLSearchParams(defined(query)).toString()
  return [search ? `${filled}?${search}` : filled, { headers: defined(headers), body }]
}

export function isErrorOf(path: string, answer: Refusal): boolean {
  const [, isError] = ERRORS.find(([begins]) => begins.test(path)) ?? []
  assert.ok(isError, `test/support/doors.ts does not know how ${path} words its errors`)
  return isError(answer)
}

/** RFC 9457. */
function isProblem({ status, headers, body }: Refusal): boolean {
  const isTyped = headers.get('content-type')?.startsWith('application/problem+json') ?? false
  return isTyped && body['status'] === status && /^urn:problem:\w+$/.test(String(body['type'])) && !!body['title']
}

function isAuthError({ status, body }: Refusal): boolean {
  const error = body?.['error'] as { statusCode?: number; name?: string; message?: unknown } | undefined
  return error?.statusCode === status && !!error.name && !!error.message
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
