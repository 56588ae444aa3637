/** Who may have tokens. `admissible` in db/principals.ts is the same rule in SQL; a test holds the two together. */
import type { Client } from '../../db/clients.ts'
import type { Principal } from '../../db/principals.ts'
import type { ErrorCode } from '../errors.ts'

const STATUS = { registered: 0, active: 1, passwordChangeNeeded: 3 } as const

/** Why this person may not have tokens through this client; undefined when they may. */
export function refusalOf(principal: Principal, client: Client): ErrorCode | undefined {
  if (client.status !== 'active') return 'client_unverified'
  return personRefusal(principal) ?? (mayUse(principal, client) ? undefined : 'client_not_allowed')
}

/** Why this person may not be in this tenant at all. */
export function personRefusal(principal: Principal): ErrorCode | undefined {
  const { user, tenant, membership } = principal
  if (user.status !== 'active') return 'user_inactive'
  if (!membership || !tenant) return 'membership_missing'
  if (tenant.status !== 'active') return 'user_inactive'
  if (membership.status === STATUS.registered) return 'user_unconfirmed'
  const active = membership.status === STATUS.active || membership.status === STATUS.passwordChangeNeeded
  return active ? undefined : 'user_inactive'
}

export function mayUse({ user }: Principal, client: Client): boolean {
  return user.clientIds === null || user.clientIds.includes(client.clientId)
}

/** Whether the tenant lets people in this way; see `LOGIN_METHODS`. As a second factor anything goes. */
export function allowsMethod({ tenant }: Principal, method: string): boolean {
  return tenant === null || tenant.loginMethods.includes(method)
}
