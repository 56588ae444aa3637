/** Ending sessions: by the one who has it, or by somebody who may. */
import type { Statement } from '../../db/batch.ts'
import { insertActivityOfSession } from '../../db/login-activity.ts'
import { endCurrentSession } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { activityBase, payloadIdentity, tokenPayload } from '../activity/login-activity.ts'
import type { UserActor } from '../actor.ts'
import { AppError } from '../errors.ts'
import { seal } from '../vault.ts'
import { type AccessClaims, personOf } from './claims.ts'
import { announceEnded } from './state.ts'
import { generationOf, readRefreshToken } from './token-pair.ts'

/** Throws `refresh_missing`, `refresh_expired` (unknown, used or expired) or `refresh_mismatched` (another session's). */
export async function logOut(
  deps: Deps,
  actor: UserActor,
  refreshToken: string | undefined,
  settle?: Settle,
): Promise<void> {
  if (!refreshToken) throw new AppError('refresh_missing')
  const presented = await readRefreshToken(deps, refreshToken)
  if (presented.sessionId !== actor.sessionId) throw new AppError('refresh_mismatched')

  if (!(await endSessionOf(deps, actor.claims, presented, settle))) throw new AppError('refresh_expired')
}

/** What else the end of the session leaves to be done in the same batch; `activityId` is the mark of this very end. */
type Settle = (ended: { sessionId: string; activityId: string; now: Date }) => Statement[]

/** Ends the session of the token, if `pair` is its current one; false when there is nothing left to end. */
export async function endSessionOf(
  deps: Deps,
  claims: AccessClaims,
  pair = generationOf(claims),
  settle: Settle = () => [],
): Promise<boolean> {
  const { db } = deps
  const { sid: sessionId, aud: clientId, amr, iat, exp } = claims
  const activity = await activityBase(deps, 'LOGOUT')
  const token = { person: personOf(claims), clientId, amr, ...generationOf(claims) }
  const payload = await seal(deps.config, payloadIdentity(sessionId), tokenPayload(deps, token, { iat, exp }))
  const tokenSeconds = exp - iat
  const end = { activityId: activity.id, now: deps.now() }
  const [ended] = await db.batch([
    endCurrentSession(db, { id: sessionId, generation: pair.generation, ...end }),
    insertActivityOfSession(db, { ...activity, sessionId, tokenPayload: payload, tokenSeconds }),
    ...settle({ sessionId, ...end }),
  ])
  await announceEnded(deps, ended, 'logout')
  return ended.length > 0
}
