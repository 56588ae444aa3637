/** The units of somebody who is there, and the one they prefer. */
import { extendSession, setPreferredUnit } from '../../db/gateway.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { type Caller, refreshStanding } from './standing.ts'

const EXTEND_EVERY_MS = 5 * 60_000

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

/**
 * Somebody who asks this is there, so the idle time-out starts anew, at most every few minutes; polling whether the session
 * stands does not count. What is known of the session says whether it is time, without SQL.
 */
function noteActivity(deps: Deps, { sessionId, byToken, openedAt, expiresAt }: Caller): void {
  const { SESSION_IDLE_SECONDS: idleSeconds, SESSION_ABSOLUTE_SECONDS: absoluteSeconds } = deps.config
  const now = deps.now()
  const latest = Math.min(now.getTime() + idleSeconds * 1000, openedAt + absoluteSeconds * 1000)
  if (byToken || latest - expiresAt < EXTEND_EVERY_MS) return
  const extend = async () => {
    await extendSession(deps.db, { sessionId, now, expiresAt: new Date(latest) })
    await refreshStanding(deps, sessionId)
  }
  deps.defer(extend().catch((cause: unknown) => deps.log('warn', 'session not extended', { cause })))
}
