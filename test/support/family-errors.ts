/** How each family words an error, by where its routes begin. */
import assert from 'node:assert/strict'
import type { Answer } from './app.ts'

type Refusal = Answer<Record<string, unknown>>

const ERRORS: [begins: RegExp, isError: (answer: Refusal) => boolean][] = [
  [/^\/imsg-service\//, ({ body }) => /^errors\.(auth|api)\.\w+$/.test(String(body))],
  [/^\/passkeys\b/, ({ headers }) => headers.get('content-type')?.startsWith('text/html') ?? false],
  [/^\/v1\/auth\//, isAccountError],
  [/^\/v1\//, isProblem],
  [/^\/(management|devices|register-device|\w+_users|device_registration_link|\w+_mobile_device)\b/, isDevicesError],
  [/^\/(auth|logout|login-activity|active-users|google|keycloak)\b/, isAuthError],
]

export function isErrorOf(path: string, answer: Refusal): boolean {
  const [, isError] = ERRORS.find(([begins]) => begins.test(path)) ?? []
  assert.ok(isError, `test/support/family-errors.ts does not know how ${path} words its errors`)
  return isError(answer)
}

/** RFC 9457. */
function isProblem({ status, headers, body }: Refusal): boolean {
  const isTyped = headers.get('content-type')?.startsWith('application/problem+json') ?? false
  return isTyped && body['status'] === status && /^urn:problem:\w+$/.test(String(body['type'])) && !!body['title']
}

function isAccountError({ body }: Refusal): boolean {
  return body?.['success'] === false && Number(body['code']) > 0 && !!body['message']
}

function isAuthError({ status, body }: Refusal): boolean {
  const error = body?.['error'] as { statusCode?: number; name?: string; message?: unknown } | undefined
  return error?.statusCode === status && !!error.name && !!error.message
}

function isDevicesError({ body }: Refusal): boolean {
  return body?.['status'] === false && !!body['reason']
}
