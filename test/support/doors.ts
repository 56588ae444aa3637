/** What the test of the doors has to know about each route and each family. */
import assert from 'node:assert/strict'
import type { Answer } from './app.ts'
import type { Route } from './routes.ts'
import { credentialsOf, type World } from './world.ts'

/** A valid body for each route that reads one before it asks who is there. */
const BODIES: Record<string, (world: World) => object> = {
  'POST /auth/login': credentialsOf,
  'POST /auth/login-token': credentialsOf,
  'POST /auth/token': ({ client }) => ({ code: 'code', clientId: client.clientId }),
  'POST /auth/token-refresh': () => ({ refreshToken: 'token' }),
  'POST /auth/switch-token': ({ tenant }) => ({ refreshToken: 'token', tenantId: tenant.id }),
  'POST /logout': () => ({ refreshToken: 'token' }),
}

/** How each family words an error, by where its routes begin. */
const ERRORS: [begins: RegExp, isError: (answer: Answer) => boolean][] = [
  [/^\/v1\//, isProblem],
  [/^\/(auth|logout|login-activity|active-users|google|keycloak)\b/, isAuthError],
]

/** A route without a row in BODIES fails here. */
export function bodyFor({ name, method }: Route, world: World): object | undefined {
  if (method === 'GET' || method === 'DELETE') return undefined
  const body = BODIES[name]
  assert.ok(body, `test/support/doors.ts has no valid body for ${name}`)
  return body(world)
}

export function isErrorOf(path: string, answer: Answer): boolean {
  const [, isError] = ERRORS.find(([begins]) => begins.test(path)) ?? []
  assert.ok(isError, `test/support/doors.ts does not know how ${path} words its errors`)
  return isError(answer)
}

/** RFC 9457. */
function isProblem({ status, headers, body }: Answer): boolean {
  const isTyped = headers.get('content-type')?.startsWith('application/problem+json') ?? false
  return isTyped && body['status'] === status && /^urn:problem:\w+$/.test(String(body['type'])) && !!body['title']
}

function isAuthError({ status, body }: Answer<{ error?: { statusCode?: number; name?: string; message?: unknown } }>) {
  return body.error?.statusCode === status && !!body.error.name && !!body.error.message
}
