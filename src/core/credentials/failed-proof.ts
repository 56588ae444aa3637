/**
 * A key that did not sign. Nobody guesses a signature, so attempts need not be counted before they are checked; but
 * neither may anybody fill the login activity with them.
 */
import { insertLoginActivity } from '../../db/login-activity.ts'
import type { Principal } from '../../db/principals.ts'
import { countAttempt } from '../../db/throttles.ts'
import type { Deps } from '../../deps.ts'
import { failedActivity } from '../activity/login-activity.ts'
import { AppError } from '../errors.ts'
import { addressGroup, refuseOver } from '../throttle.ts'

/** Throws `too_many_attempts`, else `credentials_invalid`. */
export async function refuseProof(deps: Deps, method: string, { user }: Principal, cause: unknown): Promise<never> {
  const { db, config } = deps
  const key = `proof:address:${addressGroup(deps.trace.address)}`
  const counted = await countAttempt(db, { key, windowSeconds: config.LOGIN_WINDOW_SECONDS, now: deps.now() })
  refuseOver(deps, config.LOGIN_LIMIT_PER_ADDRESS, counted)
  const activity = { actor: user.id, tenantId: user.defaultTenantId, method }
  await insertLoginActivity(db, await failedActivity(deps, activity))
  throw new AppError('credentials_invalid', { cause })
}
