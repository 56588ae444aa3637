/** Forms that change something are taken from our own pages only. */
import { createMiddleware } from 'hono/factory'
import { AppError } from '../core/errors.ts'
import type { AppEnv } from './router.ts'

/**
 * A browser says where a request comes from; what says nothing is no browser. Throws `forbidden`.
 * Fetch Metadata first, then `Origin` (RFC 6454 section 7).
 */
export const requireSameOrigin = createMiddleware<AppEnv>(async (c, next) => {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const own = site ? site === 'same-origin' || site === 'none' : !origin || origin === c.var.deps.config.PUBLIC_ORIGIN
  if (!own) throw new AppError('forbidden')
  await next()
})
