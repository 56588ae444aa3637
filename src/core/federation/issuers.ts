/** What OpenID providers publish about themselves, remembered for a while: endpoints and keys. */
import { discoveryRequest, type JWKSCacheInput, processDiscoveryResponse } from 'oauth4webapi'
import * as z from 'zod'
import type { EndpointName } from '../../db/schema.ts'
import type { Db, Ports } from '../../deps.ts'
import { orProviderFailed } from './peer-fetch.ts'
import { transport } from './transport.ts'

const TTL_MS = 10 * 60_000
/** After an unknown key made us ask again, the next unknown one must wait. */
const COOL_DOWN_MS = 60_000
const MOST_REMEMBERED = 500

/** OpenID Connect Discovery 1.0 section 3, as far as it is used. */
const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url().optional(),
  token_endpoint: z.url().optional(),
  userinfo_endpoint: z.url().optional(),
  jwks_uri: z.url().optional(),
  revocation_endpoint: z.url().optional(),
  end_session_endpoint: z.url().optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
})
export type Metadata = z.infer<typeof Metadata>

export interface Issuer {
  metadata: Metadata
  /** Filled and read by the library, for five minutes. */
  keys: JWKSCacheInput
  readAt: number
  keysAskedAgainAt: number
}

/** Values, never promises: on Workers one request must not wait for the work of another. */
const remembered = new WeakMap<Db, Map<string, Issuer>>()

type Endpoints = Partial<Record<EndpointName, string>>

/** A connection that names these needs no discovery. */
const WHOLE: EndpointName[] = ['authorization', 'token', 'jwks']
/** What such a provider may sign with; the library knows no symmetric ones. */
const ALGORITHMS = ['RS256', 'ES256', 'PS256', 'EdDSA', 'Ed25519', 'RS384', 'ES384', 'PS384', 'RS512', 'ES512', 'PS512']

/** Throws `provider_failed` or `provider_unavailable`. */
export async function readIssuer(deps: Ports, url: string, endpoints: Endpoints): Promise<Issuer> {
  const issuers = remembered.get(deps.db) ?? new Map<string, Issuer>()
  remembered.set(deps.db, issuers)
  const whole = WHOLE.every((name) => endpoints[name])
  // No connection's keys may serve another that takes them from elsewhere.
  const key = JSON.stringify([url, endpoints.jwks, whole])
  const now = deps.now().getTime()
  const known = issuers.get(key)
  if (known && now - known.readAt < TTL_MS) return known
  const metadata = whole
    ? { issuer: url, id_token_signing_alg_values_supported: ALGORITHMS }
    : await orProviderFailed(discover(deps, url))
  const issuer = { metadata, keys: {}, readAt: now, keysAskedAgainAt: 0 }
  remember(issuers, key, issuer)
  return issuer
}

/** True once a minute at most: an unknown key may be a new one, and may be nonsense. */
export function mayAskForKeysAgain({ now }: Pick<Ports, 'now'>, issuer: Issuer): boolean {
  const at = now().getTime()
  if (at - issuer.keysAskedAgainAt < COOL_DOWN_MS) return false
  issuer.keysAskedAgainAt = at
  issuer.keys = {}
  return true
}

async function discover(deps: Ports, url: string): Promise<Metadata> {
  const response = await discoveryRequest(new URL(url), transport(deps))
  return Metadata.parse(await processDiscoveryResponse(new URL(url), response))
}

function remember(issuers: Map<string, Issuer>, key: string, issuer: Issuer): void {
  issuers.delete(key)
  issuers.set(key, issuer)
  if (issuers.size > MOST_REMEMBERED) for (const oldest of issuers.keys()) return void issuers.delete(oldest)
}
