/** Sending a browser to a SAML identity provider. */
import type { Deps } from '../../../deps.ts'
import { AppError } from '../../errors.ts'
import type { Departure } from '../departure.ts'
import { type NewFlow, type StartedFlow, startFlow } from '../flow.ts'
import { isPeerUrl } from '../peer-address.ts'
import { openSamlPeer } from './connection.ts'
import { requestUrl } from './request.ts'

/** Throws `provider_failed`. */
export async function departToSaml(deps: Deps, flow: NewFlow): Promise<Departure> {
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
