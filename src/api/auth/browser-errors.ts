/** Routes that browsers walk through answer errors with a page to those who ask for one, and as ever to all others. */
import { accepts } from 'hono/accepts'
import type { RenderError } from '../../http/problem.ts'
import { renderProviderRefusal } from '../../pages/provider-refusal.tsx'
import { renderError, statusOf } from './wire.ts'

const supports = ['application/json', 'text/html']

export const renderForBrowsers: RenderError = (error, c) => {
  const wanted = accepts(c, { header: 'Accept', supports, default: 'application/json' })
  return wanted === 'text/html' ? renderProviderRefusal(c, error, statusOf(error)) : renderError(error, c)
}
