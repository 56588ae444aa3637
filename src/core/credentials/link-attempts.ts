/** Guessing at the tokens of links: twenty wrong ones from an address in a quarter of an hour, counted first. */
import { countAttempt, refundAttempt } from '../../db/throttles.ts'
import type { Deps } from '../../deps.ts'
import { addressGroup, refuseOver } from '../throttle.ts'

const LIMIT = 20
const WINDOW_SECONDS = 900

export function linkAttempt(deps: Deps) {
  const key = `link:${addressGroup(deps.trace.address)}`
  return {
    count: countAttempt(deps.db, { key, windowSeconds: WINDOW_SECONDS, now: deps.now() }),
    /** Throws `too_many_attempts`. */
    enforce: (counted: Parameters<typeof refuseOver>[2]) => refuseOver(deps, LIMIT, counted),
    /** A token that exists was no guess. */
    refund: refundAttempt(deps.db, key),
  }
}
