/** While the store is down, a page says so to those who read pages; whoever asks for no page gets a problem, as ever. */
import { accepts } from 'hono/accepts'
import { type RenderError, renderProblem } from '../http/problem.ts'
import { renderNotice } from './hosted.tsx'
import { chooseWords } from './words.ts'

const supports = ['application/problem+json', 'application/json', 'text/html']

export const renderUnavailable: RenderError = (error, c) => {
  const wanted = accepts(c, { header: 'Accept', supports, default: 'application/problem+json' })
  if (error.status !== 503 || wanted !== 'text/html') return renderProblem(error, c)
  const { lang, words } = chooseWords({ acceptLanguage: c.req.header('accept-language') })
  c.status(503)
  return renderNotice(c, { title: words.refusedTitle, lang, brand: null }, words.providerUnavailable)
}
