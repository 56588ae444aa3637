/** Sending a browser to a SAML identity provider, and what that provider has to know of us. */
import { selectConnection } from '../../../db/connections.ts'
import type { Deps } from '../../../deps.ts'
import { AppError } from '../../errors.ts'
import type { Departure } from '../departure.ts'
import { type NewFlow, type StartedFlow, startFlow } from '../flow.ts'
import { isPeerUrl } from '../peer-address.ts'
import { failureUrl } from '../return-url.ts'
import { findLoginConnection } from '../start.ts'
import { openSamlPeer } from './connection.ts'
import { toMetadata } from './metadata.ts'
import { requestUrl } from './request.ts'

interface SamlStart {
  clientId: string
  clientSecret: string | undefined
  /** Given back to the client as it is. */
  state?: string | undefined
  /** PKCE between the client and us. */
  codeChallenge?: string | undefined
}

/** Throws what `findLoginConnection` throws; what is wrong with the connection is told to the client instead. */
export async function startSamlLogin(deps: Deps, { state, codeChallenge, ...proof }: SamlStart): Promise<Departure> {
  const { client, connection } = await findLoginConnection(deps, 'saml', proof)
  try {
    return await departToSaml(deps, { client, connection, callerState: state, codeChallenge })
  } catch (thrown) {
    return { url: failureUrl(deps, client, thrown, state), binding: null }
  }
}

async function departToSaml(deps: Deps, flow: NewFlow): Promise<Departure> {
  const { settings, entityId, consumerUrl, key } = await openSamlPeer(deps, flow.connection)
  const { ssoUrl } = settings
  if (!isPeerUrl(deps, ssoUrl))
    throw new AppError('provider_failed', { cause: new Error('the SSO URL is not allowed') })
  const { state, secret, nonce } = await startFlow(deps, flow)
  const request = { id: requestId({ nonce }), issuer: entityId, ssoUrl, consumerUrl, relayState: state }
  const url = await requestUrl({ ...request, privateKey: key?.privateKey, now: deps.now() })
  return { url, binding: { state, secret, crossSite: true } }
}

/** Comes of the browser's secret, like the nonce of OpenID Connect; an ID may not begin with a digit. */
export const requestId = ({ nonce }: Pick<StartedFlow, 'nonce'>) => `_${nonce}`

/** Throws `not_found`. */
export async function describeServiceProvider(deps: Deps, connectionId: string): Promise<string> {
  const [connection] = await selectConnection(deps.db, null, connectionId)
  if (connection?.kind !== 'saml' || connection.status !== 'active') throw new AppError('not_found')
  return toMetadata(await openSamlPeer(deps, connection))
}
