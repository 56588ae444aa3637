/** @jsxImportSource hono/jsx */
/** An error as a page that a person can act on. What is no person's business stays an error. */
import type { Context } from 'hono'
import type { Branding } from '../core/branding.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import { renderNotice } from './hosted.tsx'
import type { Words } from './words.ts'

type Notice = [
  status: 403 | 409 | 410 | 429,
  title: keyof Words & `${string}Title`,
  sentence: 'linkEnded' | 'accountExists' | 'tooMany' | 'refused',
]

const ENDED: Notice = [410, 'linkEndedTitle', 'linkEnded']
const REFUSED: Notice = [403, 'refusedTitle', 'refused']

const NOTICES: Partial<Record<ErrorCode, Notice>> = {
  link_missing: ENDED,
  link_invalid: ENDED,
  link_expired: ENDED,
  link_used: ENDED,
  sign_up_token_invalid: ENDED,
  conflict: [409, 'refusedTitle', 'accountExists'],
  too_many_attempts: [429, 'refusedTitle', 'tooMany'],
  user_inactive: REFUSED,
  user_unconfirmed: REFUSED,
  membership_missing: REFUSED,
  password_external: REFUSED,
  forbidden: REFUSED,
}

export function renderRefusal(
  c: Context,
  error: unknown,
  { lang, words }: { lang: string; words: Words },
  brand: Branding | null = null,
) {
  const notice = error instanceof AppError && NOTICES[error.code]
  if (!notice) throw error
  const [status, title, sentence] = notice
  c.status(status)
  if (error.retryAfterSeconds) c.header('Retry-After', String(error.retryAfterSeconds))
  return renderNotice(c, { title: String(words[title]), lang, brand }, words[sentence])
}
