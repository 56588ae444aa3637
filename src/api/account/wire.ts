/** How the account family spells things on the wire: one envelope for everything, with the outcome as a number in it. */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import type { AppError, ErrorCode } from '../../core/errors.ts'
import type { RenderError } from '../../http/problem.ts'

/** `code` is 0 for a success. */
export const Envelope = z.object({ success: z.boolean(), code: z.int(), message: z.string() })

/**
 * All of these are read as plain JSON: `application/json-patch+json`, which the documented samples send though none sends
 * a patch, whatever else is a subtype of it, and `application/*+json` itself, which clients send that were made from the
 * original's own description.
 */
export const JSON_TYPES = /^(application\/json|text\/json|application\/[\w!#$%&'*+.^`|~-]+\+json)$/i

export const succeed = <Body extends object>(c: Context, body: Body) =>
  answer(c, { success: true, code: 0, message: '', ...body }, 200)

const WRONG_CREDENTIALS = { status: 200, code: 1, message: 'Invalid username or password' } as const
const FACTOR_DUE = { status: 200, code: 2, message: 'Second factor required' } as const

/** Where the cause decides; a login that fails is answered 200, as in the original. */
const BY_CAUSE: Partial<Record<ErrorCode, { status: number; code: number; message?: string }>> = {
  credentials_invalid: WRONG_CREDENTIALS,
  user_inactive: WRONG_CREDENTIALS,
  user_unconfirmed: WRONG_CREDENTIALS,
  membership_missing: WRONG_CREDENTIALS,
  second_factor_due: FACTOR_DUE,
  otp_invalid: FACTOR_DUE,
  otp_expired: FACTOR_DUE,
  api_key_invalid: { status: 401, code: 4 },
}

/** Else the status does. */
const BY_STATUS: Record<number, number> = { 429: 3, 401: 5, 403: 6, 400: 7, 415: 8, 404: 9, 413: 10 }
const UNAVAILABLE = 11

/** A failure carries what a success would, empty. */
const EMPTY: Record<string, object> = { login: { token: '', expiresIn: 0 }, user: { user: null } }

export const renderError: RenderError = (error, c) => {
  const { status, code, message } = BY_CAUSE[error.code] ?? { status: error.status, code: BY_STATUS[error.status] }
  const route = /^\/v1\/auth\/(\w+)\/?$/.exec(c.req.path)?.[1] ?? ''
  const body = { success: false, code: code ?? UNAVAILABLE, message: message ?? wordsOf(error), ...EMPTY[route] }
  return answer(c, body, status as ContentfulStatusCode)
}

function wordsOf({ detail, title, issues }: AppError): string {
  const [issue] = issues ?? []
  return issue ? [issue.path.join('.'), issue.message].join(' ').trim() : (detail ?? title)
}

/** The content type is said whole, also to who accepts `text/plain` only. */
const answer = <Body extends object>(c: Context, body: Body, status: ContentfulStatusCode) =>
  c.json(body, status, { 'Content-Type': 'application/json; charset=utf-8' })
