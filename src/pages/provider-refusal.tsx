/** @jsxImportSource hono/jsx */
/** Why a login through a provider led nowhere, in words that a person can act on. */
import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import type { AppError, ErrorCode } from '../core/errors.ts'
import type { AppEnv } from '../http/router.ts'
import { renderNotice } from './hosted.tsx'
import { chooseWords, type Words } from './words.ts'

type Sentence = keyof Words &
  (`provider${'Denied' | 'Ended' | 'Failed' | 'Unavailable' | 'NoAccount'}` | 'askedWrongly' | 'refused' | 'codeAlone')

/** Whatever is not listed is nobody's fault who reads it. */
const SENTENCES: Partial<Record<ErrorCode, Sentence>> = {
  login_denied: 'providerDenied',
  login_ended: 'providerEnded',
  login_mismatched: 'providerEnded',
  provider_unavailable: 'providerUnavailable',
  unavailable: 'providerUnavailable',
  account_missing: 'providerNoAccount',
  second_factor_due: 'codeAlone',
  forbidden: 'refused',
  user_inactive: 'refused',
  user_unconfirmed: 'refused',
  membership_missing: 'refused',
  client_missing: 'askedWrongly',
  client_unknown: 'askedWrongly',
  client_unverified: 'askedWrongly',
  not_found: 'askedWrongly',
  parameter_missing: 'askedWrongly',
  parameter_invalid: 'askedWrongly',
  validation_failed: 'askedWrongly',
  unsupported_media_type: 'askedWrongly',
}

/** `code` may be of an older version of ours. */
export const providerProblem = (code: string, words: Words): string =>
  words[SENTENCES[code as ErrorCode] ?? 'providerFailed']

/** A page for a browser that cannot be sent on: nobody knows where it came from. */
export function renderProviderRefusal(c: Context<AppEnv>, { code }: AppError, status: StatusCode) {
  const { lang, words } = chooseWords({ acceptLanguage: c.req.header('accept-language') })
  const ended = code === 'login_mismatched' || code === 'login_ended'
  const title = ended ? words.flowEndedTitle : words.refusedTitle
  c.status(status)
  return renderNotice(c, { title, lang, brand: null }, ended ? words.flowEnded : providerProblem(code, words))
}
