/** Starting a login through a provider, for a client that proves who it is. */
import { type Client, selectVerifiedClient } from '../../db/clients.ts'
import { type Connection, selectConnectionOfClient } from '../../db/connections.ts'
import type { Deps } from '../../deps.ts'
import { secretDigests } from '../directory/client-secrets.ts'
import { AppError } from '../errors.ts'
import { type Departure, departTo } from './departure.ts'
import { failureUrl } from './return-url.ts'

interface ClientProof {
  clientId: string
  clientSecret: string | undefined
}

interface LoginStart extends ClientProof {
  kind: Connection['kind']
  /** Given back to the client as it is. */
  state?: string | undefined
  /** PKCE between the client and us. */
  codeChallenge?: string | undefined
}

/** Throws what `findLoginConnection` throws; a provider that does not answer is told to the client instead. */
export async function startLogin(deps: Deps, { kind, state, codeChallenge, ...proof }: LoginStart): Promise<Departure> {
  const { client, connection } = await findLoginConnection(deps, kind, proof)
  try {
    return await departTo(deps, { client, connection, callerState: state, codeChallenge })
  } catch (thrown) {
    return { url: failureUrl(deps, client, thrown, state), binding: null }
  }
}

/**
 * The verified client and the connection that its people log in with. Throws `client_missing`, `client_unverified`,
 * `client_unknown` (it has nowhere to go back to) or `not_found` (there is no such connection).
 */
async function findLoginConnection(
  deps: Deps,
  kind: Connection['kind'],
  { clientId, clientSecret = '' }: ClientProof,
): Promise<{ client: Client; connection: Connection }> {
  if (!clientId) throw new AppError('client_missing')
  const { db } = deps
  const digests = await secretDigests(deps, clientSecret)
  const [[client], [connection]] = await db.batch([
    selectVerifiedClient(db, clientId, digests, deps.now()),
    selectConnectionOfClient(db, kind, clientId),
  ])
  if (!client) throw new AppError('client_unverified')
  if (client.redirectUrl === null) throw new AppError('client_unknown')
  if (!connection) throw new AppError('not_found', { detail: 'There is no such connection' })
  return { client, connection }
}
