/** One connection, ready to be asked: its endpoints, our name there, and how we prove it. */
import {
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockSkew,
  clockTolerance,
  None,
} from 'oauth4webapi'
import * as z from 'zod'
import type { Connection } from '../../db/connections.ts'
import type { EndpointName } from '../../db/schema.ts'
import type { Ports } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { clientSecretOf } from './client-secret.ts'
import { type Issuer, readIssuer } from './issuers.ts'
import { fetchFromPeer } from './peer-fetch.ts'
import { type PlainOAuth, PROVIDERS, type Provider } from './providers.ts'
import { transport } from './transport.ts'

const CLOCK_TOLERANCE_SECONDS = 60

export interface Peer {
  connection: Connection
  provider: Provider
  server: AuthorizationServer
  client: Client
  /** What its id tokens are checked with; a plain OAuth provider has how it reads instead. */
  speaks: { openid: Issuer } | { plain: PlainOAuth }
  transport: ReturnType<typeof transport>
}

/** Throws `provider_failed` or `provider_unavailable` when the provider's metadata cannot be had. */
export async function openPeer(deps: Ports, connection: Connection): Promise<Peer> {
  const provider = providerOf(connection)
  const issuerUrl = connection.issuer ?? provider.issuer
  const common = { connection, provider, client: clientOf(deps, connection), transport: transport(deps) }
  if (issuerUrl) {
    const issuer = await readIssuer(deps, issuerUrl, connection.endpoints)
    const server = { ...issuer.metadata, ...inMetadata(connection.endpoints) } as AuthorizationServer
    return { ...common, server, speaks: { openid: issuer } }
  }
  const { plain } = provider
  if (!plain) throw new AppError('provider_failed', { cause: new Error('the connection names no issuer') })
  const endpoints = inMetadata({ ...plain.endpoints, ...connection.endpoints })
  return { ...common, server: { issuer: connection.id, ...endpoints }, speaks: { plain } }
}

export function providerOf({ kind }: Pick<Connection, 'kind'>): Provider {
  if (kind === 'saml') throw new Error('SAML does not speak OAuth')
  return PROVIDERS[kind]
}

/**
 * Sends a request that proves who we are. Where the provider wants the secret is not in its metadata, so that a refusal
 * of the first way leads to the other; a refused client spends no code.
 */
export async function askAuthenticated(
  deps: Ports,
  { connection, provider, server }: Peer,
  ask: (authenticate: ClientAuth) => Promise<Response>,
): Promise<Response> {
  const secret = await clientSecretOf(deps, connection, server.issuer)
  if (secret === undefined) return ask(None())
  const [first, second] = [ClientSecretPost(secret), ClientSecretBasic(secret)]
  const [preferred, other] = provider.secretIn === 'body' ? [first, second] : [second, first]
  const response = await ask(preferred)
  return (await errorCodeOf(response)) === 'invalid_client' ? ask(other) : response
}

const ErrorAnswer = z.object({ error: z.string() })

/** The code in an error answer (RFC 6749 section 5.2); the answer can still be read. */
export async function errorCodeOf(response: Response): Promise<string | undefined> {
  if (response.ok) return undefined
  const answer: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return ErrorAnswer.safeParse(answer).data?.error
}

/** A POST to one of the provider's endpoints, with our proof. */
export function postAuthenticated(
  deps: Ports,
  peer: Peer,
  url: string,
  fields: Record<string, string>,
): Promise<Response> {
  return askAuthenticated(deps, peer, async (authenticate) => {
    const body = new URLSearchParams(fields)
    const headers = new Headers({ accept: 'application/json' })
    await authenticate(peer.server, peer.client, body, headers)
    return fetchFromPeer(deps, url, { method: 'POST', headers, body })
  })
}

/** The library reads the real clock; the skew moves it to ours. */
function clientOf({ now }: Pick<Ports, 'now'>, { clientId }: Connection): Client {
  return {
    client_id: clientId ?? '',
    [clockSkew]: Math.round((now().getTime() - Date.now()) / 1000),
    [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
  }
}

const METADATA_NAMES: Record<EndpointName, string> = {
  authorization: 'authorization_endpoint',
  token: 'token_endpoint',
  userinfo: 'userinfo_endpoint',
  jwks: 'jwks_uri',
  revocation: 'revocation_endpoint',
  endSession: 'end_session_endpoint',
}

function inMetadata(endpoints: Partial<Record<EndpointName, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(endpoints).map(([name, url]) => [METADATA_NAMES[name as EndpointName], url]))
}
