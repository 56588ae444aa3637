/** Whether somebody who has proved one thing has to prove another, and which. */
import type { Principal } from '../../db/principals.ts'

/** Required by person or by tenant; where it is optional, for those who have an authenticator app. */
export function isFactorDue({ user, tenant, factors }: Principal): boolean {
  if (user.secondFactorRequired || tenant?.secondFactor === 'required') return true
  return tenant?.secondFactor === 'optional' && Boolean(factors?.confirmedAt)
}

/** `authenticator`: the app is asked. `delivered`: a code is sent. `none`: there is nothing yet, the person must enrol. */
export function factorOf({
  user,
  factors,
}: Pick<Principal, 'user' | 'factors'>): 'authenticator' | 'delivered' | 'none' {
  if (factors?.confirmedAt) return 'authenticator'
  return user.email || user.phone ? 'delivered' : 'none'
}

/**
 * With a login that still lacks its second factor an app may be enrolled only by somebody who never completed one:
 * else whoever knows the password could put their own app in the place of what protects the account.
 */
export function mayEnrol({ factors }: Principal, factorDue: boolean): boolean {
  return !factorDue || !factors?.establishedAt || Boolean(factors.confirmedAt)
}
