/** Which addresses this service may be made to call: what a tenant wrote down must not lead into a private network. */
import ipaddr from 'ipaddr.js'
import type { Deps } from '../../deps.ts'

type Needed = Pick<Deps, 'config' | 'resolve'>

/** Names that only mean something inside a network; a name without a dot is one of them. */
const INSIDE = /^[^.]*$|(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/

/** https to a public host; with ALLOW_INSECURE_PEERS also http, and any host. Names are not resolved here. */
export function isPeerUrl({ config }: Pick<Deps, 'config'>, text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username || password) return false
  if (config.ALLOW_INSECURE_PEERS) return protocol === 'https:' || protocol === 'http:'
  return protocol === 'https:' && isPublicHost(hostname)
}

/** The same, and no address that the host's name stands for is private, where the runtime can tell. */
export async function mayCall(deps: Needed, url: string): Promise<boolean> {
  if (!isPeerUrl(deps, url)) return false
  if (deps.config.ALLOW_INSECURE_PEERS || !deps.resolve) return true
  const { hostname } = new URL(url)
  if (isAddress(hostname)) return true
  const addresses = await deps.resolve(hostname)
  return addresses.length > 0 && addresses.every(isPublicHost)
}

/** The URL parser has brought every spelling of an IPv4 address into the dotted one. */
function isPublicHost(hostname: string): boolean {
  const address = bare(hostname)
  if (ipaddr.isValid(address)) return ipaddr.process(address).range() === 'unicast'
  return !INSIDE.test(address.replace(/\.$/, '').toLowerCase())
}

const isAddress = (hostname: string) => ipaddr.isValid(bare(hostname))

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '')
