/** Before a session that came through a provider goes on: does that provider still know the person? */
import { refreshTokenGrantRequest } from 'oauth4webapi'
import * as z from 'zod'
import type { Connection } from '../../db/connections.ts'
import { selectManaged } from '../../db/identities.ts'
import { claimCheck, type ProviderSession, releaseCheck, selectProviderSession } from '../../db/provider-sessions.ts'
import { endSessions, userOfSession, withIds } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { announceEnd } from '../sessions/state.ts'
import { askAuthenticated, errorCodeOf, openPeer, type Peer } from './peer.ts'
import { askForUser } from './plain-oauth.ts'
import { readTokens, sealTokens } from './provider-sessions.ts'
import { expiryOf, type ProviderTokens } from './redemption.ts'

/** Longer than the three requests that a check may come to, so that no two refreshes show the same refresh token. */
const CLAIM_MS = 20_000

interface Presented {
  sessionId: string
  generation: number
}

type Verdict = { refused: true } | { refused: false; tokens?: ProviderTokens }

/**
 * Awaited, and bounded by the time that a provider is given. One that refuses ends the session (`refresh_expired`); one
 * that does not answer is no reason to. Of several refreshes at once one asks, the others go on.
 */
export async function checkAtProvider(deps: Deps, { sessionId, generation }: Presented): Promise<void> {
  const { db } = deps
  const now = deps.now()
  const until = new Date(now.getTime() + CLAIM_MS)
  const [claimed, [found]] = await db.batch([
    claimCheck(db, { sessionId, generation, now, until }),
    selectProviderSession(db, sessionId),
  ])
  if (!found) return
  const { session, connection } = found
  if (!(await mayStillSpeak(deps, session, connection))) return endRefused(deps, sessionId)
  if (claimed.length === 0) return
  const verdict = await askProvider(deps, session, connection)
  if (verdict.refused) return endRefused(deps, sessionId)
  const tokens = verdict.tokens && (await sealTokens(deps, sessionId, verdict.tokens))
  await releaseCheck(db, sessionId, tokens)
}

/** A tenant's own connection speaks for nobody who has come to belong to another tenant too. */
async function mayStillSpeak({ db }: Deps, { sessionId }: ProviderSession, { tenantId }: Connection): Promise<boolean> {
  if (tenantId === null) return true
  const [person] = await selectManaged(db, tenantId, userOfSession(sessionId))
  return person?.managed ?? true
}

async function askProvider(deps: Deps, session: ProviderSession, connection: Connection): Promise<Verdict> {
  try {
    const tokens = await readTokens(deps, session)
    if (!tokens) return { refused: false }
    const peer = await openPeer(deps, connection)
    return await (tokens.refreshToken ? renew(deps, peer, tokens, tokens.refreshToken) : lookUp(deps, peer, tokens))
  } catch (cause) {
    const at = { requestId: deps.trace.requestId, connectionId: connection.id }
    deps.log('warn', 'refresh check failed', { ...at, cause })
    const { kind: method, tenantId } = connection
    deps.count({ name: 'provider', result: 'refresh_unchecked', method, tenantId })
    return { refused: false }
  }
}

/** What comes beside, as a new id token, tells nothing that is needed. */
const TokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
})

/** The refresh grant: `invalid_grant` is the provider's no (RFC 6749 section 5.2); any other error is ours or its own. */
async function renew(deps: Deps, peer: Peer, tokens: ProviderTokens, refreshToken: string): Promise<Verdict> {
  const { server, client, transport } = peer
  const response = await askAuthenticated(deps, peer, (authenticate) =>
    refreshTokenGrantRequest(server, client, authenticate, refreshToken, transport),
  )
  if ((await errorCodeOf(response)) === 'invalid_grant') return { refused: true }
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`)
  const answer = TokenAnswer.parse(await response.json())
  return {
    refused: false,
    tokens: {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? tokens.refreshToken,
      expiresAt: expiryOf(deps, answer.expires_in),
    },
  }
}

/** Without a refresh token only an access token that has not expired by itself can be asked about. */
async function lookUp(deps: Deps, peer: Peer, { accessToken, expiresAt }: ProviderTokens): Promise<Verdict> {
  const expired = expiresAt !== null && expiresAt <= deps.now().getTime()
  if (expired || !peer.server.userinfo_endpoint) return { refused: false }
  const response = await askForUser(deps, peer, accessToken)
  if (response.status === 401) return { refused: true }
  const refusal = 'plain' in peer.speaks ? peer.speaks.plain.tokenRefused : undefined
  if (response.ok || !refusal) return { refused: false }
  return { refused: refusal.safeParse(await response.json()).success }
}

async function endRefused(deps: Deps, sessionId: string): Promise<never> {
  await endSessions(deps.db, withIds([sessionId]), 'revoked', deps.now())
  await announceEnd(deps, [sessionId], 'revoked')
  throw new AppError('refresh_expired')
}
