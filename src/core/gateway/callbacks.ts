/** Where the gateway may send a browser: what the tenant has registered, compared as parsed, never as text. */
import type { Config } from '../../config.ts'
import type { Tenant } from '../../db/principals.ts'

const MOST_CHARACTERS = 2048
/**
 * What parsers disagree about: backslashes, control characters, white space, a host with escapes in it; also fragments.
 * A space within the query is what a plus becomes in a parameter, and every parser's `%20`.
 */
const SUSPICIOUS = /[\\\p{Cc}#]|^[^?]*\s|[^\S ]|\s$|^[^/]*\/\/[^/?]*%/u

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The address as it is to be written into `Location`; undefined when it is not one of the tenant's. Exact origin, and
 * where an address with a path is registered, that path or what lies below it.
 */
export function allowedCallback(
  config: Pick<Config, 'development'>,
  { callbackUrls }: Pick<Tenant, 'callbackUrls'>,
  given: string | undefined,
): string | undefined {
  if (!given || given.length > MOST_CHARACTERS || SUSPICIOUS.test(given) || !given.isWellFormed()) return undefined
  const url = URL.parse(given)
  if (!url || url.username || url.password || !/^https?:\/\//i.test(given)) return undefined
  if (url.protocol !== 'https:' && !(config.development && LOCAL.has(url.hostname))) return undefined
  const allowed = callbackUrls.some((registered) => covers(new URL(registered), url))
  return allowed ? url.href : undefined
}

function covers(registered: URL, { origin, pathname }: URL): boolean {
  if (registered.origin !== origin) return false
  const path = registered.pathname.replace(/\/$/, '')
  if (path === '') return true
  // An encoded slash or backslash is a separator to some servers and not to others.
  return !/%2f|%5c/i.test(pathname) && (pathname === path || pathname.startsWith(`${path}/`))
}

/** The origins that may ask the gateway from their own pages, and that its forms may lead to. */
export function callbackOrigins({ callbackUrls }: Pick<Tenant, 'callbackUrls'>): string[] {
  return [...new Set(callbackUrls.map((url) => new URL(url).origin))]
}
