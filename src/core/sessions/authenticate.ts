/** An access token into an actor: the signature and one cache read, no SQL when warm. */
import type { Deps } from '../../deps.ts'
import type { UserActor } from '../actor.ts'
import { AppError } from '../errors.ts'
import type { AccessClaims } from './claims.ts'
import { sessionState } from './state.ts'
import { generationOf, verifyAccessToken } from './token-pair.ts'

/** Throws `token_invalid`, or `token_revoked` when its session has ended or it was replaced by a refresh. */
export async function authenticateUser(deps: Deps, token: string): Promise<UserActor> {
  const claims = await verifyAccessToken(deps, token)
  const state = await sessionState(deps, claims.sid)
  if (state.endedAt || generationOf(claims).generation < state.generation) throw new AppError('token_revoked')
  return userActor(claims)
}

export function userActor(claims: AccessClaims): UserActor {
  return { kind: 'user', id: claims.sub, tenantId: claims.tenantId, sessionId: claims.sid, claims }
}
