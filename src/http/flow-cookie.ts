/**
 * What binds a login at a provider to the browser that started it: one cookie for each, so that two tabs do not disturb
 * each other. `__Host-` keeps other hosts from planting one. A provider that answers with a form posts it from its own
 * site, and a cross-site POST brings only SameSite=None cookies; all others come back by GET, for which Lax is enough.
 */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

interface Binding {
  state: string
  secret: string
  crossSite: boolean
}

/** Longer than the login may take, so that a late return is told from a strange one. */
const LIFETIME_SECONDS = 3600

const STANDARD = { prefix: 'host', secure: true, path: '/', httpOnly: true } as const

export function setFlowCookie(c: Context, { state, secret, crossSite }: Binding): void {
  const sameSite = crossSite ? 'None' : 'Lax'
  setCookie(c, nameFor(state), secret, { ...STANDARD, sameSite, maxAge: LIFETIME_SECONDS })
}

/** The secret for this state, which the browser need not keep any longer; empty when it has none. */
export function takeFlowCookie(c: Context, state: string): string {
  if (!/^[\w-]{43}$/.test(state)) return ''
  const secret = getCookie(c, nameFor(state), 'host') ?? ''
  if (secret) deleteCookie(c, nameFor(state), STANDARD)
  return secret
}

/** Part of the state: enough to tell logins apart, too little to guess the rest. */
const nameFor = (state: string) => `login-${state.slice(0, 10)}`
