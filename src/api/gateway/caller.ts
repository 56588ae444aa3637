/** Who asks the gateway, and from which page. */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../../core/errors.ts'
import { isCallbackOrigin, isKnownOrigin } from '../../core/gateway/health.ts'
import { isOrganisationOrigin } from '../../core/gateway/origins.ts'
import { type Caller, findCaller } from '../../core/gateway/standing.ts'
import type { AppEnv } from '../../http/router.ts'
import { readSessionCookie } from '../../http/session-cookie.ts'

/** Who asks. Throws `unauthenticated`. */
export const callerOf = (c: Context<AppEnv>): Promise<Caller> =>
  findCaller(c.var.deps, {
    authorization: c.req.header('authorization'),
    token: c.req.header('x-imid-token'),
    cookie: readSessionCookie(c),
  })

/** The same. That nobody is there, pages of any organisation may read: else they could not lead to a login. */
async function callerOrRefusal(c: Context<AppEnv>): Promise<Caller> {
  return callerOf(c).catch(async (cause: unknown) => {
    await letReadIf(c, (page) => isCallbackOrigin(c.var.deps, page))
    throw cause
  })
}

/** The same for what is only read, which pages of the person's organisation may do. Throws `unauthenticated`. */
export async function readerOf(c: Context<AppEnv>): Promise<Caller> {
  const caller = await callerOrRefusal(c)
  await letReadIf(c, (page) => isKnownOrigin(c.var.deps, caller.tenantId, page))
  return caller
}

/** Who may read the answer is no reason not to give it. */
async function letReadIf(c: Context<AppEnv>, known: (origin: string) => Promise<boolean>): Promise<void> {
  const origin = c.req.header('origin')
  if (origin && (await known(origin).catch(() => false))) letRead(c, origin)
}

/**
 * Lets only somebody through who is there, and only from a page that may change something; behind it `c.var.caller` is
 * who that is. Throws `unauthenticated` or `forbidden`.
 */
export const requireCaller = createMiddleware<AppEnv & { Variables: { caller: Caller } }>(async (c, next) => {
  const asked = c as unknown as Context<AppEnv>
  const caller = await callerOrRefusal(asked)
  await requireOwnPage(asked, caller)
  c.set('caller', caller)
  await next()
})

/**
 * A change is taken from our own pages and from those of the organisation, which may then read the answer; a request
 * without a word about its page comes from no browser. Where nobody is there, whose organisation it is cannot be known:
 * a cross-site form brings no cookie, and its answer must not take the browser's away. Throws `forbidden`.
 */
export async function requireOwnPage(c: Context<AppEnv>, caller: Caller | undefined): Promise<void> {
  const { deps } = c.var
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (site === 'same-origin' || site === 'none') return
  if (!site && !origin) return
  if (origin === deps.config.PUBLIC_ORIGIN) return
  const known = (page: string) =>
    caller ? isOrganisationOrigin(deps, caller.tenantId, page) : isCallbackOrigin(deps, page)
  if (!origin || !(await known(origin))) throw new AppError('forbidden')
  letRead(c, origin)
}

export const letRead = (c: Context, origin: string): void => {
  c.header('Access-Control-Allow-Origin', origin)
  c.header('Access-Control-Allow-Credentials', 'true')
  c.header('Vary', 'Origin')
}
