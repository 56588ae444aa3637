/** A browser brings the response of a SAML identity provider. */
import { type Client, selectClientByClientId } from '../../../db/clients.ts'
import { type Connection, selectConnectionOfClient } from '../../../db/connections.ts'
import { spendUnkept } from '../../../db/one-time.ts'
import type { Deps } from '../../../deps.ts'
import { newId, sha256 } from '../../crypto.ts'
import { AppError } from '../../errors.ts'
import { countFailure, endFlow, letInAtClient } from '../ending.ts'
import { takeFlow } from '../flow.ts'
import type { Profile } from '../profile.ts'
import { failureUrl, returnUrl } from '../return-url.ts'
import type { AssertionClaims } from './assertion.ts'
import { toProfile } from './attributes.ts'
import { openSamlPeer } from './connection.ts'
import { requestId } from './departure.ts'
import { readResponse } from './response.ts'

interface Posted {
  /** The form fields SAMLResponse and RelayState. */
  response: string
  relayState: string
  /** What this browser kept for this RelayState; empty when it kept nothing. */
  secret: string
  /** The query parameter `client`: it only chooses the client of a login that nobody here started. */
  clientId: string
}

/** What we send as RelayState; identity providers send back what they got, or words of their own. */
const STATE = /^[\w-]{43}$/

/**
 * Where the browser goes next; see `endFlow`. Throws `client_unknown`,
 * `client_unverified` or `login_mismatched`, and `saml_refused` for a login that nobody here started: while it is not
 * certain who did, nobody is sent anywhere.
 */
export function finishSamlLogin(deps: Deps, posted: Posted): Promise<string> {
  return STATE.test(posted.relayState) ? finishStarted(deps, posted) : finishUnsolicited(deps, posted)
}

async function finishStarted(deps: Deps, { response, relayState, secret }: Posted): Promise<string> {
  const flow = await takeFlow(deps, { state: relayState, secret, kind: 'saml' })
  const client = 'client' in flow.end ? flow.end.client : undefined
  return endFlow(deps, flow, async (connection) => {
    const profile = await readProfile(deps, { client, connection, response, inResponseTo: requestId(flow) })
    return { profile, tokens: null }
  })
}

/** Started at the identity provider; anybody could plant their own login this way, so a connection has to allow it. */
async function finishUnsolicited(deps: Deps, { response, clientId }: Posted): Promise<string> {
  const [[client], [connection]] = await deps.db.batch([
    selectClientByClientId(deps.db, clientId),
    selectConnectionOfClient(deps.db, 'saml', clientId),
  ])
  if (!client) throw new AppError('client_unknown')
  if (client.status !== 'active') throw new AppError('client_unverified')
  if (!connection?.allowUnsolicited) throw new AppError('login_mismatched')
  const brought = { client, connection, response, inResponseTo: undefined }
  const at = { method: connection.kind, tenantId: connection.tenantId ?? client.defaultTenantId }
  const profile = await readProfile(deps, brought).catch((thrown: unknown) => countFailure(deps, at, thrown))
  try {
    return returnUrl(client, { code: await letInAtClient(deps, client, { connection, profile, tokens: null }) })
  } catch (thrown) {
    return failureUrl(deps, client, thrown, undefined)
  }
}

interface Brought {
  /** Undefined where the login does not end at one. */
  client: Client | undefined
  connection: Connection
  response: string
  inResponseTo: string | undefined
}

/** Spends the assertion. The identity provider of a tenant speaks for that tenant's people; a shared one for nobody's address. */
async function readProfile(deps: Deps, { client, connection, response, inResponseTo }: Brought): Promise<Profile> {
  const { settings, entityId, consumerUrl, key } = await openSamlPeer(deps, connection)
  const claims = await readResponse(response, {
    entityId: settings.entityId,
    certificates: settings.certificates,
    privateKey: key?.privateKey,
    audience: entityId,
    destinations: [consumerUrl, ...(client ? [`${consumerUrl}?client=${encodeURIComponent(client.clientId)}`] : [])],
    inResponseTo,
    now: deps.now(),
  })
  const profile = { ...toProfile(claims), emailVouched: connection.tenantId !== null }
  await spendAssertion(deps, connection, claims)
  return profile
}

/** Throws `login_ended` at the second use. */
async function spendAssertion(deps: Deps, { id }: Connection, { assertionId, usableUntil }: AssertionClaims) {
  const hash = await sha256(`${id} ${assertionId}`)
  const use = { kind: 'saml_assertion', hash, useId: newId(), now: deps.now() }
  const won = await spendUnkept(deps.db, use, usableUntil)
  if (won.length === 0) throw new AppError('login_ended')
}
