/** The units of somebody who is there, and the one they prefer. */
import { extendSession, setPreferredUnit } from '../../db/gateway.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { type Caller, refreshStanding } from './standing.ts'

/** Throws `forbidden` when the person may not be in the tenant. */
export function unitsOf(deps: Deps, caller: Caller): { units: string[]; preferred: string | null } {
  if (!caller.admitted) throw new AppError('forbidden')
  noteActivity(deps, caller)
  return { units: caller.units, preferred: caller.preferred }
}

/** Throws `forbidden` when the person is not in the unit. */
export async function preferUnit(deps: Deps, caller: Caller, unit: string): Promise<void> {
  if (!caller.admitted) throw new AppError('forbidden')
  const [set] = await deps.db.batch(setPreferredUnit(deps.db, { sessionId: caller.sessionId, unit }))
  if (set.length === 0) throw new AppError('forbidden')
  await refreshStanding(deps, caller.sessionId)
  noteActivity(deps, caller)
}

/** Somebody who asks this is there; polling whether the session stands is not. */
function noteActivity(deps: Deps, { sessionId, byToken }: Caller): void {
  if (byToken) return
  const { SESSION_IDLE_SECONDS: idleSeconds, SESSION_ABSOLUTE_SECONDS: absoluteSeconds } = deps.config
  const extend = async () => {
    await extendSession(deps.db, { sessionId, now: deps.now(), idleSeconds, absoluteSeconds })
  }
  deps.defer(extend().catch((cause: unknown) => deps.log('warn', 'session not extended', { cause })))
}
