/** Wrong attempts, counted in SQL before anything is checked: ten for a username, fifty for an address. */

import type { SQL } from 'drizzle-orm'
import ipaddr from 'ipaddr.js'
import { clearAttempts, countAttempt, refundAttempt } from '../db/throttles.ts'
import type { Deps } from '../deps.ts'
import { sha256 } from './crypto.ts'
import { AppError } from './errors.ts'

type Counted = { count: number; endsAt: Date }[]

/** The two counters of an attempt with a password. `onlyIf` says, in SQL, which attempts count at all. */
export async function passwordCounters(deps: Deps, usernameKey: string, onlyIf?: SQL) {
  const { db, config } = deps
  const username = `login:user:${await sha256(usernameKey)}`
  const address = `login:address:${addressGroup(deps.trace.address)}`
  const attempt = { windowSeconds: config.LOGIN_WINDOW_SECONDS, now: deps.now(), onlyIf }
  return {
    count: [countAttempt(db, { key: username, ...attempt }), countAttempt(db, { key: address, ...attempt })] as const,
    /** What a success takes back: everything for the username, itself for the address. */
    settle: [clearAttempts(db, username), refundAttempt(db, address)] as const,
    clearUsername: clearAttempts(db, username),
    /** Throws `too_many_attempts` when either is over its limit. */
    enforce(ofUsername: Counted, ofAddress: Counted) {
      refuseOver(deps, config.LOGIN_LIMIT_PER_USERNAME, ofUsername)
      refuseOver(deps, config.LOGIN_LIMIT_PER_ADDRESS, ofAddress)
    },
  }
}

/** Throws `too_many_attempts` with the time until the window ends. */
export function refuseOver({ now, count }: Pick<Deps, 'now' | 'count'>, limit: number, [counter]: Counted): void {
  if (!counter || counter.count <= limit) return
  const retryAfterSeconds = Math.max(1, Math.ceil((counter.endsAt.getTime() - now().getTime()) / 1000))
  count({ name: 'throttled', result: 'too_many_attempts' })
  throw new AppError('too_many_attempts', { retryAfterSeconds })
}

/** IPv6 by /64, because one customer holds that many addresses; IPv4 written as IPv6 is IPv4. */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()
}
