/** Where a request comes from. One configured header is believed, else the socket's peer, else nothing. */
import type { Context } from 'hono'
import ipaddr from 'ipaddr.js'
import type { Ports } from '../deps.ts'

export function clientAddress(c: Context, { config, peerAddress }: Ports): string {
  const { CLIENT_ADDRESS_HEADER: header } = config
  const address = header ? c.req.header(header)?.trim() : peerAddress(c.env)
  return address && ipaddr.isValid(address) ? address : 'unknown'
}
