/** OpenID Connect Core 1.0: a code into verified claims about the person. */
import {
  authorizationCodeGrantRequest,
  getValidatedIdTokenClaims,
  type IDToken,
  jwksCache,
  KEY_SELECTION,
  nopkce,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  processUserInfoResponse,
  userInfoRequest,
  validateApplicationLevelSignature,
} from 'oauth4webapi'
import type { Deps } from '../../deps.ts'
import { type Issuer, mayAskForKeysAgain } from './issuers.ts'
import { askAuthenticated, type Peer } from './peer.ts'
import { Email, Groups, isTrue, Name, type Profile, Subject } from './profile.ts'
import { expiryOf, type Redeemed, type Redemption } from './redemption.ts'

type Claims = Record<string, unknown>

/** Section 3.1.3.7: issuer, audience, authorized party, times, nonce and signature, all of them checked. */
export async function redeemAtOpenIdProvider(
  deps: Deps,
  peer: Peer,
  issuer: Issuer,
  { parameters, redirectUri, verifier, nonce }: Redemption,
): Promise<Redeemed> {
  const { server, client, provider, transport } = peer
  const proof = provider.pkce ? verifier : nopkce
  const response = await askAuthenticated(deps, peer, (authenticate) =>
    authorizationCodeGrantRequest(server, client, authenticate, parameters, redirectUri, proof, transport),
  )
  const answer = await processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  await verifySignature(deps, peer, issuer, response)
  const idToken = getValidatedIdTokenClaims(answer) as IDToken
  // The library looks at `azp` only where there are several audiences.
  if (idToken.azp !== undefined && idToken.azp !== client.client_id)
    throw new Error('the id token was issued to another client')
  const claims = { ...(await missingClaims(peer, idToken, answer.access_token)), ...idToken }
  return {
    profile: readProfile(peer, claims),
    tokens: {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? null,
      expiresAt: expiryOf(deps, answer.expires_in),
    },
  }
}

/** With the remembered keys, and once more with fresh ones where the key is not among them. */
async function verifySignature(deps: Deps, { server, transport }: Peer, issuer: Issuer, response: Response) {
  // A copy of the metadata: the library would remember the keys with the object, past our time.
  const verify = () =>
    validateApplicationLevelSignature({ ...server }, response, { ...transport, [jwksCache]: issuer.keys })
  try {
    await verify()
  } catch (cause) {
    const keyUnknown = cause instanceof OperationProcessingError && cause.code === KEY_SELECTION
    if (!keyUnknown || !mayAskForKeysAgain(deps, issuer)) throw cause
    await verify()
  }
}

/** Some providers keep the id token short and tell the rest at the userinfo endpoint (section 5.3). */
async function missingClaims(
  { server, client, connection, provider, transport }: Peer,
  idToken: IDToken,
  token: string,
) {
  const groupsWanted = Object.keys(connection.groupRoles).length > 0
  const complete = 'email' in idToken && !(groupsWanted && !provider.groupClaims.some((claim) => claim in idToken))
  if (complete || !server.userinfo_endpoint) return {}
  const response = await userInfoRequest(server, client, token, transport)
  if (response.headers.get('content-type')?.startsWith('application/jwt'))
    throw new Error('signed userinfo answers are not supported')
  return processUserInfoResponse(server, client, idToken.sub, response)
}

function readProfile({ provider }: Peer, claims: Claims): Profile {
  const email = Email.parse(claims.email)
  return {
    subject: Subject.parse(claims.sub),
    email,
    emailVouched: email !== null && provider.emailVouchers.some((claim) => isTrue(claims[claim])),
    firstName: Name.parse(claims.given_name) ?? Name.parse(claims.name),
    lastName: Name.parse(claims.family_name),
    groups: Groups.parse(provider.groupClaims.map((claim) => claims[claim]).find((groups) => groups !== undefined)),
  }
}
