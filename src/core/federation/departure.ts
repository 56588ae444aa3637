/** Sending a browser to a provider. */

import type { Deps } from '../../deps.ts'
import { sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { type NewFlow, type StartedFlow, startFlow } from './flow.ts'
import { openPeer, type Peer } from './peer.ts'
import { isPeerUrl } from './peer-address.ts'
import { OPENID_SCOPES } from './providers.ts'

export interface Departure {
  /** Where the browser goes. */
  url: string
  /** What it must bring back with it; null when it does not get to the provider at all. */
  binding: { state: string; secret: string; crossSite: boolean } | null
}

/** Throws `provider_failed` or `provider_unavailable`. */
export async function departTo(deps: Deps, flow: NewFlow): Promise<Departure> {
  if (flow.connection.kind === 'saml') {
    // Loaded only when used: most logins have nothing to do with SAML.
    const { departToSaml } = await import('./saml/departure.ts')
    return departToSaml(deps, flow)
  }
  const peer = await openPeer(deps, flow.connection)
  const started = await startFlow(deps, flow)
  const { state, secret } = started
  const url = await authorizationUrl(deps, peer, started)
  return { url, binding: { state, secret, crossSite: peer.provider.callback === 'form_post' } }
}

export const redirectUri = ({ config }: Pick<Deps, 'config'>, { provider }: Peer) =>
  `${config.PUBLIC_ORIGIN}${provider.paths.callback}`

/** RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core section 3.1.2.1. */
async function authorizationUrl(deps: Deps, peer: Peer, { state, verifier, nonce }: StartedFlow): Promise<string> {
  const { connection, provider, server, client, speaks } = peer
  const endpoint = server.authorization_endpoint ?? ''
  if (!isPeerUrl(deps, endpoint))
    throw new AppError('provider_failed', { cause: new Error('the authorization endpoint is not allowed') })
  const openid = 'openid' in speaks
  const scopes = connection.scopes ?? (openid && provider.plain ? OPENID_SCOPES : provider.scopes)
  const url = new URL(endpoint)
  const parameters = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri(deps, peer),
    scope: scopes.join(' '),
    state,
    ...(openid ? { nonce } : {}),
    ...(provider.pkce ? { code_challenge: await sha256(verifier), code_challenge_method: 'S256' } : {}),
    ...provider.authorizeParameters,
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
