/** Ending sessions: by the one who has it, or by somebody who may. */
import { insertActivityOfSession } from '../../db/login-activity.ts'
import { endCurrentSession } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { activityBase, payloadIdentity, tokenPayload } from '../activity/login-activity.ts'
import type { UserActor } from '../actor.ts'
import { AppError } from '../errors.ts'
import { seal } from '../vault.ts'
import { personOf } from './claims.ts'
import { announceEnd } from './state.ts'
import { generationOf, readRefreshToken } from './token-pair.ts'

/** Throws `refresh_missing`, `refresh_expired` (unknown, used or expired) or `refresh_mismatched` (another session's). */
export async function logOut(deps: Deps, actor: UserActor, refreshToken: string | undefined): Promise<void> {
  if (!refreshToken) throw new AppError('refresh_missing')
  const presented = await readRefreshToken(deps, refreshToken)
  if (presented.sessionId !== actor.sessionId) throw new AppError('refresh_mismatched')

  const activity = await activityBase(deps, 'LOGOUT')
  const { aud: clientId, amr } = actor.claims
  const token = { person: personOf(actor.claims), clientId, amr, ...generationOf(actor.claims) }
  const payload = await seal(deps.config, payloadIdentity(actor.sessionId), tokenPayload(deps, token))
  const pair = { id: presented.sessionId, generation: presented.generation, activityId: activity.id, now: deps.now() }
  const [ended] = await deps.db.batch([
    endCurrentSession(deps.db, pair),
    insertActivityOfSession(deps.db, { ...activity, sessionId: actor.sessionId, tokenPayload: payload }),
  ])
  if (ended.length === 0) throw new AppError('refresh_expired')
  await announceEnd(deps, [actor.sessionId], 'logout')
}
