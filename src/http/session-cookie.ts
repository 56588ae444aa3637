/** The gateway's cookie, which the pages about oneself go by too. */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { AppEnv } from './router.ts'

export function setSessionCookie(c: Context<AppEnv>, credential: string): void {
  const { GATEWAY_COOKIE_NAME, SESSION_ABSOLUTE_SECONDS } = c.var.deps.config
  setCookie(c, GATEWAY_COOKIE_NAME, credential, { ...attributes(c), maxAge: SESSION_ABSOLUTE_SECONDS })
}

export function clearSessionCookie(c: Context<AppEnv>): void {
  deleteCookie(c, c.var.deps.config.GATEWAY_COOKIE_NAME, attributes(c))
}

export const readSessionCookie = (c: Context<AppEnv>) => getCookie(c, c.var.deps.config.GATEWAY_COOKIE_NAME)

function attributes(c: Context<AppEnv>) {
  const { GATEWAY_COOKIE_DOMAIN: domain } = c.var.deps.config
  return { secure: true, path: '/', httpOnly: true, sameSite: 'Lax' as const, ...(domain && { domain }) }
}
