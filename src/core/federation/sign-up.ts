/** A first login through a provider makes an account, or a member, where the tenant takes sign-ups. */
import { insertIdentity } from '../../db/identities.ts'
import type { Tenant } from '../../db/principals.ts'
import { insertMember, insertPlainRole } from '../../db/sign-ups.ts'
import { selectTenant } from '../../db/tenants.ts'
import { insertUser } from '../../db/user-directory.ts'
import { lookupKey, type NewUser, selectUserByAddress } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { isOfDomains, takesSignUp } from '../credentials/sign-up-links.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import type { Arrival } from './person.ts'

/**
 * The new person's id: the account, its identity and its membership come in one batch. An address that nobody vouches
 * for makes no account: it may be another's. Throws `account_missing`, and a unique violation where another was faster.
 */
export async function createPerson(deps: Deps, arrival: Arrival): Promise<string> {
  const { connection, profile, landing } = arrival
  const { db } = deps
  const [[tenant], [namesake]] = await db.batch([
    selectTenant(db, connection.tenantId ?? landing.tenantId ?? ''),
    selectUserByAddress(db, lookupKey(profile.email ?? '')),
  ])
  requireSignUp(arrival, tenant)

  const now = deps.now()
  const user = newUser(arrival, tenant, { nameTaken: namesake !== undefined, now })
  const { id: userId } = user
  await db.batch([
    insertUser(db, user),
    insertPlainRole(db, newId(), tenant.id, now),
    insertMember(db, { id: newId(), userId, tenantId: tenant.id, roleId: tenant.signUp.roleId, now }),
    insertIdentity(db, { id: newId(), userId, connectionId: connection.id, subject: profile.subject, createdAt: now }),
    auditStatement(
      deps,
      { kind: 'user', id: userId },
      { action: 'user.sign-up', target: { kind: 'user', id: userId }, tenantId: tenant.id },
    ),
  ])
  return userId
}

/** Somebody who has an account becomes a member, by the same policy. Throws as `createPerson` does. */
export async function joinTenant(deps: Deps, arrival: Arrival, userId: string, tenant: Tenant | null): Promise<void> {
  requireSignUp(arrival, tenant)
  const { db } = deps
  const now = deps.now()
  const id = newId()
  const { id: tenantId, signUp } = tenant
  await db.batch([
    insertPlainRole(db, newId(), tenantId, now),
    insertMember(db, { id, userId, tenantId, roleId: signUp.roleId, now }),
    auditStatement(
      deps,
      { kind: 'user', id: userId },
      { action: 'membership.sign-up', target: { kind: 'membership', id }, tenantId },
    ),
  ])
}

function requireSignUp({ profile }: Arrival, tenant: Tenant | null | undefined): asserts tenant is Tenant {
  if (!tenant || !takesSignUp(tenant, profile.email ?? '')) throw new AppError('account_missing')
  if (profile.email !== null && !profile.emailVouched) throw new AppError('account_missing', { detail: UNVOUCHED })
}

const UNVOUCHED = 'The login provider does not vouch for your mail address'

/**
 * The username is the e-mail, as for every sign-up; without one it is a name that nobody else can have. What a tenant's
 * own provider says of an address counts only within the domains that the tenant has named; any other may be a
 * stranger's, and is kept as not verified, so that nobody is ever matched by it.
 */
function newUser(
  { connection, profile }: Arrival,
  { id: tenantId, signUp }: Tenant,
  { nameTaken, now }: { nameTaken: boolean; now: Date },
): NewUser {
  const id = newId()
  const { email, firstName, lastName } = profile
  const username = email === null || nameTaken ? `${connection.kind}-${id}` : email
  const believed = email !== null && (connection.tenantId === null || isOfDomains(signUp, email))
  return {
    id,
    username,
    usernameKey: lookupKey(username),
    email,
    emailKey: email && lookupKey(email),
    emailVerified: believed,
    phone: null,
    firstName,
    lastName,
    locale: null,
    authProvider: connection.kind,
    clientIds: null,
    defaultTenantId: tenantId,
    status: 'active',
    secondFactorRequired: false,
    profile: {},
    createdAt: now,
    updatedAt: now,
  }
}
