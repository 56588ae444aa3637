/** A pair of tokens into the next pair, in one round trip; also the way into another tenant. */

import { selectClientOfSession } from '../../db/clients.ts'
import { insertActivityOfSession, updateTokenPayload } from '../../db/login-activity.ts'
import { type Principal, selectPrincipal } from '../../db/principals.ts'
import {
  endReusedSession,
  REPEAT_MS,
  rotateSession,
  type Session,
  selectSession,
  tenantOfSession,
  userOfSession,
} from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { activityBase, payloadIdentity, tokenPayload } from '../activity/login-activity.ts'
import { isFactorDue } from '../credentials/second-factor.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { checkAtProvider } from '../federation/refresh-check.ts'
import { seal } from '../vault.ts'
import { refusalOf } from './admission.ts'
import { FEDERATED, methodReferences } from './authentication-methods.ts'
import { type AccessClaims, personClaims, personOf } from './claims.ts'
import { announceEnd, announceSession } from './state.ts'
import { type Generation, generationOf, readRefreshToken, signTokenPair, type TokenPair } from './token-pair.ts'

interface Refresh {
  refreshToken: string
  /** The claims of the access token that was given out with it; expired is fine. */
  access: AccessClaims | undefined
  /** Another tenant that the user is a member of. */
  tenantId?: string | undefined
}

/**
 * Single use, with rotation (RFC 9700 section 4.14.2). A repetition by the same pair within ten seconds gets the same
 * successor, unless it names another tenant; a later one, with whichever access token, ends the session. Throws
 * `refresh_expired`, `refresh_mismatched`, `forbidden` (not a member of the tenant), `second_factor_due` (the other tenant
 * asks for one) or why the user may have no tokens; none of these spends the pair.
 */
export async function refreshSession(deps: Deps, wanted: Refresh): Promise<TokenPair> {
  const outcome: Outcome = { result: 'refused' }
  try {
    return await refresh(deps, wanted, outcome)
  } finally {
    deps.count({ name: 'refresh', ...outcome, tenantId: wanted.access?.tenantId })
  }
}

/** For statistics. */
interface Outcome {
  result: 'ok' | 'repeated' | 'reused' | 'refused'
}

async function refresh(deps: Deps, { refreshToken, access, ...wanted }: Refresh, outcome: Outcome): Promise<TokenPair> {
  const { db } = deps
  const now = deps.now()
  const tenantId = wanted.tenantId || undefined
  const presented = await readRefreshToken(deps, refreshToken)
  if (!access || !samePair(generationOf(access), presented)) throw await refusedAlone(deps, presented, outcome)

  if (access.amr.includes(FEDERATED)) await checkAtProvider(deps, presented)

  const next = { sessionId: presented.sessionId, generation: presented.generation + 1 }
  const activity = await activityBase(deps, 'RELOGIN', now)
  const expected = tokenPayload(deps, { person: personOf(access), clientId: access.aud, amr: access.amr, ...next })
  const sealed = await seal(deps.config, payloadIdentity(next.sessionId), expected)
  const rotation = { id: presented.sessionId, generation: presented.generation, activityId: activity.id, now }
  const user = userOfSession(rotation.id)
  const [, reused, , [session], [client], [principal], [target]] = await db.batch([
    rotateSession(db, { ...rotation, tenantId: tenantId ?? null }),
    endReusedSession(db, rotation),
    insertActivityOfSession(db, { ...activity, sessionId: rotation.id, tokenPayload: sealed }),
    selectSession(db, rotation.id),
    selectClientOfSession(db, rotation.id),
    selectPrincipal(db, { userId: user, tenantId: tenantOfSession(rotation.id) }),
    selectPrincipal(db, { userId: user, tenantId: tenantId ?? tenantOfSession(rotation.id) }),
  ])

  if (reused.length > 0) {
    outcome.result = 'reused'
    await announceEnd(deps, [rotation.id], 'reuse')
  }
  if (!session || !client || !principal || !target) throw new AppError('refresh_expired')
  if (!isLive(session, now)) throw new AppError(reasonOfEnd(session, principal, client))
  const rotated = session.activityId === activity.id
  if (!rotated && !isRepetition(session, next, now, tenantId))
    throw refused({ session, presented, target, client, tenantId })
  const refusal = refusalOf(principal, client)
  if (refusal) throw new AppError(refusal)

  const amr = methodReferences(session.method)
  const token = { person: personClaims(principal, now), clientId: client.clientId, amr, ...next }
  outcome.result = rotated ? 'ok' : 'repeated'
  if (rotated) {
    announceSession(deps, next.sessionId, next.generation)
    const issued = tokenPayload(deps, token)
    if (issued !== expected)
      await updateTokenPayload(db, activity.id, await seal(deps.config, payloadIdentity(next.sessionId), issued))
  }
  return signTokenPair(deps, {
    ...token,
    issuedAt: session.rotatedAt,
    lifetimeSeconds: client.accessTokenExpiration,
  })
}

function refused({ session, presented, target, client, tenantId }: Refused): AppError {
  const refusal = refusalOf(target, client)
  if (refusal === 'membership_missing' && tenantId) return new AppError('forbidden')
  if (session.generation !== presented.generation) return new AppError('refresh_expired')
  const factorDue = !session.method.includes('+') && isFactorDue(target)
  return new AppError(refusal ?? (factorDue ? 'second_factor_due' : 'refresh_expired'))
}

interface Refused {
  session: Session
  presented: Generation
  target: Principal
  client: Parameters<typeof refusalOf>[1]
  tenantId: string | undefined
}

/** Without its access token it opens nothing; but one that was used before is reused all the same. */
async function refusedAlone(
  deps: Deps,
  { sessionId: id, generation }: Generation,
  outcome: Outcome,
): Promise<AppError> {
  const now = deps.now()
  const [reused, [session]] = await deps.db.batch([
    endReusedSession(deps.db, { id, generation, activityId: '', now }),
    selectSession(deps.db, id),
  ])
  if (reused.length > 0) {
    outcome.result = 'reused'
    await announceEnd(deps, [id], 'reuse')
  }
  const current = session && isLive(session, now) && session.generation === generation
  return new AppError(current ? 'refresh_mismatched' : 'refresh_expired')
}

/** Whoever was shut out hears why, as everywhere else, and not only that the token is worth nothing. */
function reasonOfEnd({ endReason }: Session, principal: Principal, client: Refused['client']): ErrorCode {
  const shutOut = endReason === 'blocked' || endReason === 'revoked'
  return (shutOut && refusalOf(principal, client)) || 'refresh_expired'
}

const samePair = (a: Generation, b: Generation) => a.sessionId === b.sessionId && a.generation === b.generation

const isLive = (session: Session, now: Date) => !session.endedAt && session.expiresAt > now

/** Whoever names another tenant than the first use did asks for something else: nobody gets tokens for the wrong one. */
function isRepetition(session: Session, next: Generation, now: Date, tenantId: string | undefined): boolean {
  if (tenantId !== undefined && tenantId !== session.tenantId) return false
  return session.generation === next.generation && now.getTime() - session.rotatedAt.getTime() <= REPEAT_MS
}
