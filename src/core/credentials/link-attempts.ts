/**
 * Guessing at the tokens of links: twenty wrong ones from an address in a quarter of an hour, counted first. A token that
 * was made is no guess, whatever became of it; but after twenty wrong ones the right one is refused too.
 */
import { isUnknownSecret } from '../../db/one-time.ts'
import { countAttempt, selectAttempts } from '../../db/throttles.ts'
import type { Deps } from '../../deps.ts'
import { addressGroup, refuseOver } from '../throttle.ts'

const LIMIT = 20
const WINDOW_SECONDS = 900

type Counted = Parameters<typeof refuseOver>[2]

/** `count` and, behind it, `standing` go into the batch that looks the link up. */
export function linkAttempt(deps: Deps, link: { kind: string; hash: string }) {
  const { db } = deps
  const now = deps.now()
  const key = `link:${addressGroup(deps.trace.address)}`
  return {
    count: countAttempt(db, { key, windowSeconds: WINDOW_SECONDS, now, onlyIf: isUnknownSecret(link) }),
    standing: selectAttempts(db, key, now),
    /** Throws `too_many_attempts`. */
    enforce(counted: Counted, standing: Counted): void {
      refuseOver(deps, LIMIT, counted)
      if (counted.length === 0) refuseOver(deps, LIMIT - 1, standing)
    },
  }
}
