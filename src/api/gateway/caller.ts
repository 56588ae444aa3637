/** Who asks the gateway, and from which page. */
import type { Context, MiddlewareHandler } from 'hono'
import { AppError } from '../../core/errors.ts'
import { isOrganisationOrigin } from '../../core/gateway/origins.ts'
import { type Caller, findCaller } from '../../core/gateway/standing.ts'
import type { AppEnv } from '../../http/router.ts'
import { readSessionCookie } from '../../http/session-cookie.ts'

export const callerOf = (c: Context<AppEnv>): Promise<Caller> =>
  findCaller(c.var.deps, {
    authorization: c.req.header('authorization'),
    token: c.req.header('x-imid-token'),
    cookie: readSessionCookie(c),
  })

/**
 * A change is taken from our own pages and from those of the organisation, which may then read the answer; a request
 * without a word about its page comes from no browser. Throws `forbidden`.
 */
export async function requireOwnPage(c: Context<AppEnv>, { tenantId }: Caller): Promise<void> {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (site === 'same-origin' || site === 'none') return
  if (!site && !origin) return
  if (origin === c.var.deps.config.PUBLIC_ORIGIN) return
  if (!origin || !(await isOrganisationOrigin(c.var.deps, tenantId, origin))) throw new AppError('forbidden')
  letRead(c, origin)
}

export const letRead = (c: Context, origin: string): void => {
  c.header('Access-Control-Allow-Origin', origin)
  c.header('Access-Control-Allow-Credentials', 'true')
  c.header('Vary', 'Origin')
}

/** Answers never lie around, and never tell the next page where they came from. */
export const quiet: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
}
