/** A browser comes back from a provider. */
import { AuthorizationResponseError, validateAuthResponse } from 'oauth4webapi'
import type { Connection } from '../../db/connections.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { redirectUri } from './departure.ts'
import { endFlow } from './ending.ts'
import { type ReturnedFlow, takeFlow } from './flow.ts'
import { redeemAtOpenIdProvider } from './openid.ts'
import { openPeer, type Peer } from './peer.ts'
import { orProviderFailed, reasonOf } from './peer-fetch.ts'
import { redeemAtPlainProvider } from './plain-oauth.ts'
import { readPostedName } from './profile.ts'
import type { ProviderName } from './providers.ts'
import type { Redeemed, Redemption } from './redemption.ts'

interface Return {
  provider: ProviderName
  /** Of the query, or of the form that the provider made the browser post. */
  parameters: URLSearchParams
  /** What this browser kept for this state; empty when it kept nothing. */
  secret: string
}

/**
 * Where the browser goes next; see `endFlow`. Throws what `takeFlow` throws: while it is not certain who started this,
 * nobody is sent anywhere.
 */
export async function finishLogin(deps: Deps, { provider, parameters, secret }: Return): Promise<string> {
  const flow = await takeFlow(deps, { state: parameters.get('state') ?? '', secret, kind: provider })
  return endFlow(deps, flow, (connection) => redeem(deps, connection, flow, parameters))
}

/** Throws `login_denied`, `provider_failed` or `provider_unavailable`. */
async function redeem(
  deps: Deps,
  connection: Connection,
  { verifier, nonce }: ReturnedFlow,
  given: URLSearchParams,
): Promise<Redeemed> {
  const peer = await openPeer(deps, connection)
  const parameters = readAnswer(peer, given)
  const redemption = { parameters, redirectUri: redirectUri(deps, peer), verifier, nonce }
  const { profile, tokens } = await orProviderFailed(redeemAt(deps, peer, redemption))
  const posted = peer.provider.postsName ? readPostedName(given.get('user')) : undefined
  const { firstName, lastName } = posted ?? profile
  return { profile: { ...profile, firstName, lastName }, tokens }
}

function redeemAt(deps: Deps, peer: Peer, redemption: Redemption): Promise<Redeemed> {
  const { speaks } = peer
  return 'openid' in speaks
    ? redeemAtOpenIdProvider(deps, peer, speaks.openid, redemption)
    : redeemAtPlainProvider(deps, peer, speaks.plain, redemption)
}

/** What providers write when it was the person who stopped. */
const DENIALS = /^(access_denied|user_denied|user_cancelled\w*|consent_required|interaction_required|login_required)$/
const OUTAGES = /^(temporarily_unavailable|server_error)$/

/** RFC 6749 section 4.1.2, RFC 9207: also that the answer comes from the provider that was asked. */
function readAnswer({ server, client }: Peer, given: URLSearchParams) {
  try {
    return validateAuthResponse(server, client, given, given.get('state') ?? '')
  } catch (thrown) {
    const cause = reasonOf(thrown)
    if (!(thrown instanceof AuthorizationResponseError)) throw new AppError('provider_failed', { cause })
    if (DENIALS.test(thrown.error)) throw new AppError('login_denied', { cause })
    throw new AppError(OUTAGES.test(thrown.error) ? 'provider_unavailable' : 'provider_failed', { cause })
  }
}
