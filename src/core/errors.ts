/** Everything that can go wrong in a way the caller should hear about. Codes name causes; each family has its own words. */
const CATALOGUE = {
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  validation_failed: { status: 400, title: 'The request is not valid' },
  parameter_missing: { status: 400, title: 'A parameter is missing' },
  parameter_invalid: { status: 400, title: 'A parameter is not valid' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },

  unauthenticated: { status: 401, title: 'Authentication is required' },
  credential_malformed: { status: 401, title: 'The Authorization header is malformed' },
  api_key_invalid: { status: 401, title: 'The API key is not valid' },
  client_missing: { status: 401, title: 'The client is not named' },
  client_unverified: { status: 401, title: 'The client could not be verified' },
  client_unknown: { status: 401, title: 'There is no such client' },
  client_not_allowed: { status: 401, title: 'The user may not use this client' },
  client_refused: { status: 401, title: 'The user may not use this client' },
  no_clients: { status: 422, title: 'The user may not use any client' },
  credentials_missing: { status: 401, title: 'Username and password are required' },
  credentials_empty: { status: 401, title: 'Username and password are required' },
  credentials_invalid: { status: 401, title: 'The credentials are not valid' },
  login_inactive: { status: 401, title: 'The account is not active' },
  user_inactive: { status: 401, title: 'The account is not active' },
  user_unconfirmed: { status: 400, title: 'The account is not active yet' },
  membership_missing: { status: 401, title: 'The user does not belong to a tenant' },
  second_factor_due: { status: 401, title: 'A second factor is due' },
  otp_invalid: { status: 401, title: 'The one-time code is not valid' },
  otp_expired: { status: 401, title: 'The one-time code is not valid or expired' },
  password_incorrect: { status: 401, title: 'The old password is not correct' },
  password_unchanged: { status: 401, title: 'The new password is the old one' },
  password_refused: { status: 422, title: 'The new password is not good enough' },
  password_external: { status: 401, title: 'The person logs in elsewhere and has no password here' },
  password_external_change: { status: 400, title: 'The person logs in elsewhere and has no password here' },
  link_missing: { status: 422, title: 'The token is missing' },
  link_invalid: { status: 401, title: 'The token is not valid' },
  link_expired: { status: 401, title: 'The token is expired' },
  link_used: { status: 401, title: 'The token was used or replaced' },
  sign_up_token_invalid: { status: 401, title: 'The sign-up token is not valid, used or expired' },
  saml_refused: { status: 401, title: 'The SAML response was refused' },
  code_missing: { status: 401, title: 'The code is missing' },
  code_invalid: { status: 401, title: 'The code is not valid' },
  code_expired: { status: 401, title: 'The code is expired or used' },
  token_invalid: { status: 401, title: 'The access token is not valid' },
  token_revoked: { status: 401, title: 'The access token was revoked' },
  refresh_missing: { status: 422, title: 'The refresh token is missing' },
  refresh_expired: { status: 401, title: 'The refresh token is expired or used' },
  refresh_mismatched: { status: 401, title: 'The refresh token belongs to another access token' },
  tenant_missing: { status: 400, title: 'The tenant is missing' },
  login_denied: { status: 401, title: 'The login was cancelled or denied' },
  login_mismatched: { status: 401, title: 'This login was not started in this browser' },
  login_ended: { status: 401, title: 'This login is expired or was used already' },
  account_missing: { status: 401, title: 'There is no account for this login' },
  provider_failed: { status: 401, title: 'The login provider gave no acceptable answer' },
  provider_unavailable: { status: 503, title: 'The login provider does not answer at the moment' },

  passkey_invalid: { status: 400, title: 'The passkey could not be verified' },
  signature_missing: { status: 401, title: 'The request is not signed' },
  signature_invalid: { status: 401, title: 'The signature is not valid' },
  signature_expired: { status: 401, title: 'The signature is too old, or of the future' },
  signature_replayed: { status: 401, title: 'The signed request was sent before' },
  application_disabled: { status: 404, title: 'The application is disabled' },
  registration_link_invalid: { status: 410, title: 'The registration link is used, void, expired or unknown' },

  forbidden: { status: 403, title: 'This caller may not do that' },
  not_found: { status: 404, title: 'There is nothing here' },
  activity_not_found: { status: 404, title: 'There is no such login activity' },
  conflict: { status: 409, title: 'It already exists' },
  idempotency_key_used: { status: 409, title: 'It was made before with this Idempotency-Key' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key came with another request before' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service is not available at the moment' },
} as const

export type ErrorCode = keyof typeof CATALOGUE

/** One bad field. `code` and `info` use JSON Schema's words (`required`, `type`, `additionalProperties`, ...). */
export interface Issue {
  path: (string | number)[]
  code: string
  message: string
  info: Record<string, unknown>
}

interface Options {
  /** Shown to the caller. */
  detail?: string
  /** Shown to the caller, one per bad field. */
  issues?: Issue[]
  /** Shown to the caller as `Retry-After`. */
  retryAfterSeconds?: number
  /** Never shown to the caller; logged. */
  cause?: unknown
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly issues: Issue[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, { detail, issues, retryAfterSeconds, cause }: Options = {}) {
    super(detail ?? CATALOGUE[code].title, { cause })
    this.code = code
    this.detail = detail
    this.issues = issues
    this.retryAfterSeconds = retryAfterSeconds
  }

  get status() {
    return CATALOGUE[this.code].status
  }

  get title() {
    return CATALOGUE[this.code].title
  }
}
