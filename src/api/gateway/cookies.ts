/** The gateway's cookies: the session's, and one for each login on its way. */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { FLOW_SECONDS } from '../../core/gateway/login-flow.ts'
import type { AppEnv } from '../../http/router.ts'

const FLOW_PREFIX = '__Host-gw-'

export function setSessionCookie(c: Context<AppEnv>, credential: string): void {
  const { GATEWAY_COOKIE_NAME, SESSION_ABSOLUTE_SECONDS } = c.var.deps.config
  setCookie(c, GATEWAY_COOKIE_NAME, credential, { ...sessionAttributes(c), maxAge: SESSION_ABSOLUTE_SECONDS })
}

export function clearSessionCookie(c: Context<AppEnv>): void {
  deleteCookie(c, c.var.deps.config.GATEWAY_COOKIE_NAME, sessionAttributes(c))
}

export const readSessionCookie = (c: Context<AppEnv>) => getCookie(c, c.var.deps.config.GATEWAY_COOKIE_NAME)

export function setFlowCookie(c: Context, { id, secret }: { id: string; secret: string }): void {
  setCookie(c, `gw-${id}`, secret, { ...FLOW_ATTRIBUTES, maxAge: FLOW_SECONDS })
}

/** The secrets of the logins that this browser has started. */
export const readFlowSecrets = (c: Context): string[] =>
  Object.entries(getCookie(c))
    .filter(([name]) => name.startsWith(FLOW_PREFIX))
    .map(([, secret]) => secret)

export function clearFlowCookie(c: Context, secret: string): void {
  const name = Object.entries(getCookie(c)).find(([, value]) => value === secret)?.[0]
  if (name?.startsWith(FLOW_PREFIX)) deleteCookie(c, name.slice('__Host-'.length), FLOW_ATTRIBUTES)
}

const FLOW_ATTRIBUTES = { prefix: 'host', secure: true, path: '/', httpOnly: true, sameSite: 'Lax' } as const

function sessionAttributes(c: Context<AppEnv>) {
  const { GATEWAY_COOKIE_DOMAIN: domain } = c.var.deps.config
  return { secure: true, path: '/', httpOnly: true, sameSite: 'Lax' as const, ...(domain && { domain }) }
}
