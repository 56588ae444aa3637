/** Who somebody is here whom a provider knows: by that provider's own id, else by a vouched-for address, else somebody new. */
import { isUniqueViolation } from '../../db/batch.ts'
import type { Client } from '../../db/clients.ts'
import type { Connection } from '../../db/connections.ts'
import {
  insertIdentity,
  landingTenant,
  selectIdentity,
  selectManaged,
  selectUsersOfAddress,
} from '../../db/identities.ts'
import { type Principal, selectPrincipal } from '../../db/principals.ts'
import { selectTenant } from '../../db/tenants.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { applyGroupRoles } from './group-roles.ts'
import type { Profile } from './profile.ts'
import { createPerson } from './sign-up.ts'

/** Somebody who comes from a provider to a client. */
export interface Arrival {
  client: Client
  connection: Connection
  profile: Profile
}

/** Of many first logins at once one makes the account; the others find it at their next look. */
const MOST_LOOKS = 4

/**
 * The person, in the client's default tenant where they are a member, else in their own. A tenant's own connection
 * speaks only for people who belong to that tenant and to no other, as the tenant's API keys do.
 * Throws `account_missing`, `forbidden`, or `login_denied` where the tenant does not allow this way in.
 */
export async function recognisePerson(deps: Deps, arrival: Arrival): Promise<Principal> {
  for (let looks = 1; ; looks++) {
    try {
      const userId = (await findPerson(deps, arrival)) ?? (await createPerson(deps, arrival))
      return await enterTenant(deps, arrival, userId)
    } catch (cause) {
      if (!isUniqueViolation(cause) || looks === MOST_LOOKS) throw cause
    }
  }
}

/** By (connection, subject); else by an address that is vouched for there, verified here, and one person's only. */
async function findPerson(deps: Deps, { connection, profile }: Arrival): Promise<string | undefined> {
  const { db } = deps
  const { email, emailVouched, subject } = profile
  const addressKey = email !== null && emailVouched ? lookupKey(email) : ''
  const [[identity], holders] = await db.batch([
    selectIdentity(db, connection.id, subject),
    selectUsersOfAddress(db, connection.tenantId, addressKey),
  ])
  if (identity) return identity.userId
  if (addressKey === '' || holders.length === 0) return undefined
  const [owner, ...others] = holders.filter((holder) => holder.emailKey === addressKey && holder.emailVerified)
  if (!owner || others.length > 0 || !owner.managed) throw new AppError('account_missing', { detail: LINK_FIRST })
  await linkIdentity(deps, { connection, subject, userId: owner.id })
  return owner.id
}

const LINK_FIRST = 'There is an account with this address already. Log in to it and link this login there'

interface Link {
  connection: Connection
  subject: string
  userId: string
}

/** A unique violation where somebody has this identity already. */
export async function linkIdentity(deps: Deps, { connection, subject, userId }: Link): Promise<void> {
  const id = newId()
  const target = { kind: 'identity', id }
  await deps.db.batch([
    insertIdentity(deps.db, { id, userId, connectionId: connection.id, subject, createdAt: deps.now() }),
    auditStatement(
      deps,
      { kind: 'user', id: userId },
      { action: 'identity.link', target, tenantId: connection.tenantId },
    ),
  ])
}

async function enterTenant(deps: Deps, arrival: Arrival, userId: string): Promise<Principal> {
  const { db } = deps
  const { client, connection } = arrival
  const tenantId = connection.tenantId ?? landingTenant(userId, client.defaultTenantId ?? '')
  const [[principal], [person], [tenant]] = await db.batch([
    selectPrincipal(db, { userId, tenantId }),
    selectManaged(db, connection.tenantId, userId),
    selectTenant(db, tenantId),
  ])
  if (!principal || !person?.managed) throw new AppError('forbidden', { detail: OF_OTHERS_TOO })
  const method = connection.kind === 'saml' ? 'sso' : 'social'
  if (tenant && !tenant.loginMethods.includes(method)) throw new AppError('login_denied', { detail: NOT_ALLOWED })
  return applyGroupRoles(deps, arrival, principal)
}

const OF_OTHERS_TOO = 'This account belongs to other organisations too, for which this login cannot speak'
const NOT_ALLOWED = 'The organisation does not allow this way to log in'
