/** @jsxImportSource hono/jsx */
/** What went wrong, as a page for those who read pages and as a problem for those who do not. */
import { accepts } from 'hono/accepts'
import type { StatusCode } from 'hono/utils/http-status'
import type { AppError, ErrorCode } from '../core/errors.ts'
import { type RenderError, renderProblem } from '../http/problem.ts'
import { renderNotice } from './hosted.tsx'
import { providerProblem } from './provider-refusal.tsx'
import { chooseWords, type Words } from './words.ts'

const PROBLEM = 'application/problem+json'
const PAGE = 'text/html'
const supports = [PROBLEM, 'application/json', PAGE]

/** What no form of ours sends, but an old tab, an extension or a meddler may. */
const SENT_WRONGLY: ErrorCode[] = [
  'validation_failed',
  'parameter_missing',
  'parameter_invalid',
  'unsupported_media_type',
  'body_too_large',
]

/** `unasked` is for whoever takes anything, or does not say. */
const renderAsWanted =
  (unasked: typeof PAGE | typeof PROBLEM): RenderError =>
  (error, c) => {
    if (accepts(c, { header: 'Accept', supports, default: unasked }) !== PAGE) return renderProblem(error, c)
    const { lang, words } = chooseWords({ acceptLanguage: c.req.header('accept-language') })
    c.status(error.status as StatusCode)
    return renderNotice(c, { title: words.refusedTitle, lang, brand: null }, sentence(error, words))
  }

/** Where nobody but a person in a browser is expected. */
export const renderForPeople = renderAsWanted(PAGE)
/** Where programs ask, and now and then a person looks. */
export const renderForAnybody = renderAsWanted(PROBLEM)

function sentence({ code, status }: AppError, words: Words): string {
  if (status >= 500) return words.providerUnavailable
  if (SENT_WRONGLY.includes(code)) return words.sentWrongly
  // A form of somebody else's page.
  if (code === 'forbidden') return words.askedWrongly
  return code === 'too_many_attempts' ? words.tooMany : providerProblem(code, words)
}
