/** How the auth family spells things on the wire; nothing outside api/auth knows. */
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import type { AppError, ErrorCode, Issue } from '../../core/errors.ts'
import type { RenderError } from '../../http/problem.ts'

const NAMES: Record<number, string> = {
  400: 'BadRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
  409: 'ConflictError',
  413: 'PayloadTooLargeError',
  422: 'UnprocessableEntityError',
  429: 'TooManyRequestsError',
}

/**
 * Status and message. The original nests the message of what its login strategies throw: `{message: {message}}`.
 * Total on purpose: a new error code does not compile until it has words here.
 */
const SPELLING = {
  malformed_json: [400, 'Malformed JSON'],
  validation_failed: [422, 'The request body is invalid. See error object `details` property for more info.'],
  parameter_missing: [400, 'Required parameter is missing!'],
  parameter_invalid: [400, 'Invalid parameter'],
  body_too_large: [413, 'request entity too large'],
  unsupported_media_type: [415, 'Unsupported content type'],

  unauthenticated: [401, 'Bearer realm="Users"'],
  credential_malformed: [401, 400],
  api_key_invalid: [401, 'Unauthorized'],
  client_missing: [401, 'Unauthorized'],
  client_unverified: [401, { message: 'Client Verification Failed' }],
  client_unknown: [401, 'Client Invalid'],
  client_not_allowed: [401, 'Client Invalid'],
  client_refused: [401, { message: 'Client Invalid' }],
  no_clients: [422, 'Client User Missing'],
  credentials_missing: [401, { message: 'Missing credentials' }],
  credentials_empty: [401, 'Unauthorized'],
  credentials_invalid: [401, { message: 'Invalid Credentials' }],
  login_inactive: [401, { message: 'UserInactive' }],
  user_inactive: [401, 'UserInactive'],
  user_unconfirmed: [400, 'User not active yet'],
  membership_missing: [401, 'UserDoesNotExist'],
  second_factor_due: [401, 'User Verification Failed'],
  saml_refused: [401, { message: 'SAML Response Invalid' }],
  otp_invalid: [401, { message: 'Otp Invalid' }],
  otp_expired: [401, { message: 'Otp Token Incorrect or Expired' }],
  password_incorrect: [401, 'Incorrect Password'],
  password_unchanged: [401, 'Password cannot be same as previous password!'],
  password_refused: [422, 'PasswordInvalid'],
  password_external: [401, 'PasswordCannotBeChangedForExternalUser'],
  password_external_change: [400, 'PasswordCannotBeChangedForExternalUser'],
  link_missing: [422, 'TokenMissing'],
  link_invalid: [401, 'Token Invalid'],
  link_expired: [401, 'Token Expired'],
  link_used: [401, 'TokenRevoked'],
  sign_up_token_invalid: [401, { message: 'TokenExpired' }],
  code_missing: [401, 'Token Invalid'],
  code_invalid: [401, 'Invalid Credentials'],
  code_expired: [401, 'Code Expired'],
  token_invalid: [401, { message: 'TokenExpired' }],
  token_revoked: [401, { message: 'TokenRevoked' }],
  refresh_missing: [422, 'TokenMissing'],
  refresh_expired: [401, 'Token Expired'],
  refresh_mismatched: [401, 'Token Invalid'],
  tenant_missing: [400, 'Tenant ID is required'],
  login_denied: [401, { message: 'Login Denied' }],
  login_mismatched: [401, 'Client Invalid'],
  login_ended: [401, 'Code Expired'],
  account_missing: [401, { message: 'UserDoesNotExist' }],
  provider_failed: [401, { message: 'Invalid Credentials' }],
  provider_unavailable: [503, 'Service Unavailable'],

  passkey_invalid: [422, 'Passkey Invalid'],
  signature_missing: [401, 'Unauthorized'],
  signature_invalid: [401, 'Unauthorized'],
  signature_expired: [401, 'Unauthorized'],
  signature_replayed: [401, 'Unauthorized'],
  application_disabled: [401, 'Unauthorized'],
  registration_link_invalid: [401, 'Unauthorized'],

  forbidden: [403, 'NotAllowedAccess'],
  not_found: [404, 'API not found !'],
  activity_not_found: [404, 'Entity not found'],
  conflict: [409, 'It already exists'],
  idempotency_key_used: [409, 'It already exists'],
  idempotency_key_reused: [422, 'Idempotency Key Reused'],
  too_many_attempts: [429, 'Too Many Attempts'],
  internal: [500, 'Internal Server Error'],
  unavailable: [503, 'Service Unavailable'],
} as const satisfies Record<ErrorCode, readonly [ContentfulStatusCode, string | number | { message: string }]>

/** Further members of the error object, where the original has them. */
const EXTRAS: Partial<Record<ErrorCode, (issues: Issue[]) => object>> = {
  malformed_json: () => ({ name: 'SyntaxError' }),
  unsupported_media_type: () => ({ name: 'UnsupportedMediaTypeError', code: 'UNSUPPORTED_MEDIA_TYPE' }),
  validation_failed: (issues) => ({ code: 'VALIDATION_FAILED', details: issues.map(toDetail) }),
  parameter_missing: () => ({ code: 'MISSING_REQUIRED_PARAMETER' }),
  parameter_invalid: (issues) => ({ code: 'INVALID_PARAMETER_VALUE', ...parameterDetails(issues) }),
  activity_not_found: () => ({ name: 'Error', code: 'ENTITY_NOT_FOUND' }),
}

/** The original says `charset` of errors only. */
const ERROR_TYPE = { 'Content-Type': 'application/json; charset=utf-8' }

export const statusOf = ({ code }: AppError): ContentfulStatusCode => SPELLING[code][0]

export const renderError: RenderError = ({ code, detail, issues = [] }, c) => {
  const [statusCode, words] = SPELLING[code]
  if (statusCode >= 500) return c.json({ error: { statusCode, message: words } }, statusCode, ERROR_TYPE)
  const message = code === 'validation_failed' ? words : (detail ?? words)
  const error = { statusCode, name: NAMES[statusCode], message, ...EXTRAS[code]?.(issues) }
  return c.json({ error }, statusCode, ERROR_TYPE)
}

/** A value that cannot be read at all has no bad fields to list. */
function parameterDetails(issues: Issue[]) {
  const [first] = issues
  if (!first) return {}
  return { details: first.code === 'syntaxError' ? { syntaxError: first.message } : issues.map(toDetail) }
}

/** Ajv's JSON pointers. */
function toDetail({ path, code, message, info }: Issue) {
  const pointer = path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return { path: pointer, code, message, info }
}

export const TokenResponse = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Epoch milliseconds. */
  expires: z.number(),
})
export const CodeResponse = z.object({ code: z.string() })
export const Success = z.object({ success: z.boolean() })

export const AuthError = z.object({
  error: z.object({
    statusCode: z.int(),
    name: z.string().optional(),
    message: z.union([z.string(), z.number(), z.object({ message: z.string() })]),
    code: z.string().optional(),
    details: z.unknown().optional(),
  }),
})

/** RFC 7636 section 4.2: the SHA-256 of the verifier in base64url. S256 is the only method. */
export const codeChallenge = z.string().regex(/^[\w-]{43}$/, 'must match pattern "^[A-Za-z0-9_-]{43}$"')
