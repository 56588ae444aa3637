/** The gateway's cookies for each login on its way; the session's is http/session-cookie.ts. */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { FLOW_SECONDS } from '../../core/gateway/login-flow.ts'

const FLOW_PREFIX = '__Host-gw-'

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
