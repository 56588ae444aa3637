/** Logging out here and at the provider: here first and always, there in the background until it has worked. */
import type { Connection } from '../../db/connections.ts'
import {
  claimLogout,
  deleteProviderSession,
  demandLogout,
  listDueLogouts,
  selectProviderSession,
} from '../../db/provider-sessions.ts'
import type { Deps, Ports } from '../../deps.ts'
import type { UserActor } from '../actor.ts'
import { logOut } from '../sessions/logout.ts'
import { openPeer, type Peer, postAuthenticated } from './peer.ts'
import { readTokens } from './provider-sessions.ts'
import type { ProviderName } from './providers.ts'
import type { ProviderTokens } from './redemption.ts'

const AGAIN_AFTER_MS = 30 * 60_000
const MOST_AT_ONCE = 20

/** Throws what `logOut` throws. A provider other than the session's is told nothing. */
export async function logOutAtProvider(
  deps: Deps,
  actor: UserActor,
  { provider, refreshToken }: { provider: ProviderName; refreshToken: string | undefined },
): Promise<void> {
  await logOut(deps, actor, refreshToken, (ended) => [demandLogout(deps.db, { ...ended, kind: provider })])
  deps.defer(tellProvider(deps, actor.sessionId))
}

/** What failed before; for the upkeep. */
export async function tellProviders(ports: Ports): Promise<void> {
  for (const sessionId of await listDueLogouts(ports.db, ports.now(), MOST_AT_ONCE))
    await tellProvider(ports, sessionId)
}

async function tellProvider(ports: Ports, sessionId: string): Promise<void> {
  const { db, log } = ports
  const now = ports.now()
  const again = new Date(now.getTime() + AGAIN_AFTER_MS)
  const [claimed, [found]] = await db.batch([
    claimLogout(db, sessionId, now, again),
    selectProviderSession(db, sessionId),
  ])
  if (claimed.length === 0 || !found) return
  const { session, connection } = found
  try {
    const tokens = await readTokens(ports, session)
    if (tokens) await endThere(ports, connection, tokens)
    await deleteProviderSession(db, sessionId)
  } catch (cause) {
    log('warn', 'provider logout failed', { connectionId: connection.id, attempt: session.logoutAttempts, cause })
  }
}

/** Throws where it is worth another try. What the provider refuses is not: it does not know the tokens any more. */
async function endThere(ports: Ports, connection: Connection, tokens: ProviderTokens): Promise<void> {
  const peer = await openPeer(ports, connection)
  const request = requestFor(peer, tokens)
  if (!request) return
  const { status } = await postAuthenticated(ports, peer, request.url, request.fields)
  if (status >= 400) ports.log('warn', 'provider logout refused', { connectionId: connection.id, status })
}

/** RFC 7009 section 2.1, or Keycloak's end of the session behind a refresh token. */
function requestFor({ provider, server }: Peer, { accessToken, refreshToken }: ProviderTokens) {
  const { end_session_endpoint: endSession, revocation_endpoint: revocation } = server
  if (provider.logout === 'none') return undefined
  if (provider.logout === 'end-session' && endSession && refreshToken)
    return { url: endSession, fields: { refresh_token: refreshToken } }
  return revocation ? { url: revocation, fields: { token: refreshToken ?? accessToken } } : undefined
}
