/** Ending a gateway session, here at once and elsewhere within a minute. */

import { endGatewaySession } from '../../db/gateway.ts'
import { insertActivityOfSession } from '../../db/login-activity.ts'
import { selectTenant } from '../../db/tenants.ts'
import type { Deps } from '../../deps.ts'
import { activityBase } from '../activity/login-activity.ts'
import { AppError } from '../errors.ts'
import { announceEnded } from '../sessions/state.ts'
import { allowedCallback } from './callbacks.ts'
import type { Caller } from './standing.ts'

/**
 * Where to go next, if the organisation of the session allows it; undefined without a callback. Throws
 * `parameter_invalid` for one that it does not allow, and has ended the session all the same.
 */
export async function endSession(
  deps: Deps,
  caller: Caller,
  callback: string | undefined,
): Promise<string | undefined> {
  const { db } = deps
  const activity = await activityBase(deps, 'LOGOUT')
  const row = { ...activity, sessionId: caller.sessionId, tokenPayload: '' }
  const [ended, , [tenant]] = await db.batch([
    endGatewaySession(db, { sessionId: caller.sessionId, activityId: activity.id, now: deps.now() }),
    insertActivityOfSession(db, row),
    selectTenant(db, caller.tenantId),
  ])
  await announceEnded(deps, ended, 'logout')
  if (callback === undefined) return undefined
  const location = tenant && allowedCallback(deps.config, tenant, callback)
  if (!location) throw new AppError('parameter_invalid')
  return location
}
