/** Providers that speak OAuth 2.0 without id tokens: who the person is, their own user endpoint says. */
import { authorizationCodeGrantRequest, nopkce } from 'oauth4webapi'
import type { Deps } from '../../deps.ts'
import { askAuthenticated, type Peer } from './peer.ts'
import { fetchFromPeer } from './peer-fetch.ts'
import type { PlainOAuth } from './providers.ts'
import { expiryOf, type Redeemed, type Redemption } from './redemption.ts'

export async function redeemAtPlainProvider(
  deps: Deps,
  peer: Peer,
  plain: PlainOAuth,
  { parameters, redirectUri, verifier }: Redemption,
): Promise<Redeemed> {
  const { server, client, provider, transport } = peer
  const proof = provider.pkce ? verifier : nopkce
  const response = await askAuthenticated(deps, peer, (authenticate) =>
    authorizationCodeGrantRequest(server, client, authenticate, parameters, redirectUri, proof, transport),
  )
  if (response.status !== 200) throw new Error(`the token endpoint answered ${response.status}`)
  const { accessToken, expiresIn } = plain.tokens.parse(await response.json())
  const user = await askForUser(deps, peer, accessToken)
  if (user.status !== 200) throw new Error(`the user endpoint answered ${user.status}`)
  return {
    profile: plain.profile.parse(await user.json()),
    tokens: { accessToken, refreshToken: null, expiresAt: expiryOf(deps, expiresIn) },
  }
}

/** The user endpoint's answer to this token, whatever it is. */
export function askForUser(deps: Deps, { server }: Peer, accessToken: string): Promise<Response> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
  return fetchFromPeer(deps, server.userinfo_endpoint ?? '', { headers })
}
