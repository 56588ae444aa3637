/** How each family words an error, by where its routes begin. */
import type { Answer } from './app.ts'

type Refusal = Answer<Record<string, unknown>>

const ERRORS: [begins: RegExp, isError: (answer: Refusal) => boolean][] = [
  [/^\/imsg-service\//, ({ body }) => /^errors\.(auth|api)\.\w+$/.test(String(body))],
  [
    /^\/(docs|dev|health|openapi\.json|\.well-known|login|reset-password|sign-up|passkeys|sessions|scripts)(?=\/|$)/,
    isPagesError,
  ],
  [/^\/v1\/auth\//, isAccountError],
  [/^\/v1\//, isProblem],
  [/^\/register-device(?=\/|$)/, (answer) => isDevicesError(answer) || isPagesError(answer)],
  [/^\/(management|devices|\w+_users|device_registration_link|\w+_mobile_device)(?=\/|$)/, isDevicesError],
  // Mounted last: what nobody else knows is its 404.
  [/^/, isAuthError],
]

export function isErrorOf(path: string, answer: Refusal): boolean {
  return ERRORS.find(([begins]) => begins.test(path))?.[1](answer) ?? false
}

/** For people a page; for what no person does a problem; and below them is the family that takes all the rest. */
function isPagesError(answer: Refusal): boolean {
  return isPage(answer) || isProblem(answer) || ([404, 413].includes(answer.status) && isAuthError(answer))
}

function isPage({ headers, text }: Refusal): boolean {
  return (headers.get('content-type')?.startsWith('text/html') ?? false) && text.startsWith('<!doctype html>')
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
  // What is our own failure has no name in the original either.
  return error?.statusCode === status && (!!error.name || status >= 500) && !!error.message
}

function isDevicesError({ body }: Refusal): boolean {
  return body?.['status'] === false && !!body['reason']
}
