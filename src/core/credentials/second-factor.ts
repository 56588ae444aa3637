/** Whether somebody who has proved one thing has to prove another, and which. */
import type { Principal } from '../../db/principals.ts'
import type { Ports } from '../../deps.ts'
import { addressOf } from '../messages/send.ts'

/** Required by person or by tenant; where it is optional, for those who have an authenticator app. */
export function isFactorDue({ user, tenant, factors }: Principal): boolean {
  if (user.secondFactorRequired || tenant?.secondFactor === 'required') return true
  return tenant?.secondFactor === 'optional' && Boolean(factors?.confirmedAt)
}

/** `authenticator`: the app is asked. `delivered`: a code is sent. `none`: there is nothing yet, the person must enrol. */
export function factorOf(
  deps: Pick<Ports, 'config'>,
  { user, factors }: Pick<Principal, 'user' | 'factors'>,
): 'authenticator' | 'delivered' | 'none' {
  if (factors?.confirmedAt) return 'authenticator'
  return addressOf(deps, user) ? 'delivered' : 'none'
}

/**
 * With a login that still lacks its second factor an app may be enrolled only by somebody who never completed one:
 * else whoever knows the password could put their own app in the place of what protects the account.
 */
export function mayEnrol({ factors }: Pick<Principal, 'factors'>, factorDue: boolean): boolean {
  return !factorDue || !factors?.establishedAt || Boolean(factors.confirmedAt)
}

/**
 * At the hosted login moreover only where nothing else can be asked: a delivered code can be, but for a login that began
 * with one. The clients of the auth family begin with the password alone, as they always did.
 */
export function mayEnrolHosted(
  deps: Pick<Ports, 'config'>,
  person: Pick<Principal, 'user' | 'factors'>,
  { method, factorDue }: { method: string; factorDue: boolean },
): boolean {
  if (!mayEnrol(person, factorDue)) return false
  return !factorDue || method === 'otp' || factorOf(deps, person) !== 'delivered'
}
