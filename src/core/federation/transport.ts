/** How the OAuth library reaches a provider: by the guarded fetch, and by http only where that is allowed. */
import { allowInsecureRequests, customFetch } from 'oauth4webapi'
import type { Ports } from '../../deps.ts'
import { fetchFromPeer } from './peer-fetch.ts'

interface Sent {
  method: string
  headers: Record<string, string>
  body?: URLSearchParams | ReadableStream | string | undefined
}

export const transport = (deps: Ports) => ({
  [customFetch]: (url: string, { method, headers, body }: Sent) =>
    fetchFromPeer(deps, url, { method, headers, ...(body === undefined ? {} : { body }) }),
  [allowInsecureRequests]: deps.config.ALLOW_INSECURE_PEERS,
})
