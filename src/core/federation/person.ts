/** Who somebody is here whom a provider knows: by that provider's own id, else by a vouched-for address, else somebody new. */
import { isUniqueViolation } from '../../db/batch.ts'
import type { Connection } from '../../db/connections.ts'
import {
  insertIdentity,
  landingTenant,
  selectIdentity,
  selectManaged,
  selectUsersOfAddress,
} from '../../db/identities.ts'
import { type Principal, selectPrincipal } from '../../db/principals.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { applyGroupRoles } from './group-roles.ts'
import type { Profile } from './profile.ts'
import { createPerson, joinTenant } from './sign-up.ts'

/** Somebody who comes from a provider. */
export interface Arrival {
  connection: Connection
  profile: Profile
  landing: Landing
}

/** The tenant to be in. */
interface Landing {
  /** Null leaves it to the person. */
  tenantId: string | null
  /** No other will do, not even the person's own. */
  only: boolean
}

/** Of many first logins at once one makes the account; the others find it at their next look. */
const MOST_LOOKS = 4

/**
 * The person, in the tenant to land in where they are a member, else in their own. A tenant's own connection speaks only
 * for people who belong to that tenant and to no other, as the tenant's API keys do.
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
  const [[identity], named] = await db.batch([
    selectIdentity(db, connection.id, subject),
    selectUsersOfAddress(db, connection.tenantId, addressKey),
  ])
  if (identity) return identity.userId
  const holders = named.filter((holder) => !isHearsay(holder) || (connection.tenantId !== null && holder.managed))
  if (addressKey === '' || holders.length === 0) return undefined
  const [owner, ...others] = holders.filter((holder) => holder.emailKey === addressKey && holder.emailVerified)
  if (!owner || others.length > 0 || !owner.managed) throw new AppError('account_missing', { detail: LINK_FIRST })
  await linkIdentity(deps, { connection, subject, userId: owner.id })
  return owner.id
}

type Holder = Awaited<ReturnType<typeof selectUsersOfAddress>>[number]

/** Made by some tenant's own provider, for an address that is not the tenant's: nothing to the address's real owner. */
const isHearsay = ({ authProvider, emailVerified }: Holder) => authProvider !== 'internal' && !emailVerified

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
  const { connection, landing } = arrival
  const wanted = landing.tenantId ?? ''
  const tenantId = connection.tenantId ?? (landing.only ? wanted : landingTenant(userId, wanted))
  const [[principal], [person], [resident]] = await db.batch([
    selectPrincipal(db, { userId, tenantId }),
    selectManaged(db, connection.tenantId, userId),
    selectManaged(db, wanted, userId),
  ])
  if (!principal || !person?.managed) throw new AppError('forbidden', { detail: OF_OTHERS_TOO })
  const { tenant, membership } = principal
  if (tenant && !tenant.loginMethods.includes(loginMethodOf(connection)))
    throw new AppError('login_denied', { detail: NOT_ALLOWED })
  if (membership || !landing.only) return applyGroupRoles(deps, arrival, principal)
  // A login must not make somebody a member here who belongs elsewhere: their own tenant would lose its say over them.
  if (!resident?.managed) throw new AppError('account_missing')
  await joinTenant(deps, arrival, userId, tenant)
  return enterTenant(deps, { ...arrival, landing: { ...landing, only: false } }, userId)
}

/** Which of the tenant's login methods a connection is. */
export const loginMethodOf = ({ kind }: Pick<Connection, 'kind'>) =>
  kind === 'saml' || kind === 'oidc' ? 'sso' : 'social'

const OF_OTHERS_TOO = 'This account belongs to other organisations too, for which this login cannot speak'
const NOT_ALLOWED = 'The organisation does not allow this way to log in'
