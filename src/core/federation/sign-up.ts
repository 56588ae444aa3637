/** A first login through a provider makes an account, where the tenant takes sign-ups. */
import { insertIdentity } from '../../db/identities.ts'
import { insertMember, insertPlainRole } from '../../db/sign-ups.ts'
import { selectTenant } from '../../db/tenants.ts'
import { insertUser } from '../../db/user-directory.ts'
import { lookupKey, type NewUser } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { takesSignUp } from '../credentials/sign-up-links.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import type { Arrival } from './person.ts'

/**
 * The new person's id: the account, its identity and its membership come in one batch. An address that nobody vouches
 * for makes no account: it may be another's. Throws `account_missing`, and a unique violation where another was faster.
 */
export async function createPerson(deps: Deps, arrival: Arrival): Promise<string> {
  const { client, connection, profile } = arrival
  const { db } = deps
  const [tenant] = await selectTenant(db, connection.tenantId ?? client.defaultTenantId ?? '')
  if (!tenant || !takesSignUp(tenant, profile.email ?? '')) throw new AppError('account_missing')
  if (profile.email !== null && !profile.emailVouched) throw new AppError('account_missing', { detail: UNVOUCHED })

  const now = deps.now()
  const user = newUser(arrival, tenant.id, now)
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

const UNVOUCHED = 'The login provider does not vouch for your mail address'

/** The username is the e-mail, as for every sign-up; without one it is a name that nobody else can have. */
function newUser({ connection, profile }: Arrival, tenantId: string, now: Date): NewUser {
  const id = newId()
  const { email, firstName, lastName } = profile
  const username = email ?? `${connection.kind}-${id}`
  return {
    id,
    username,
    usernameKey: lookupKey(username),
    email,
    emailKey: email && lookupKey(email),
    emailVerified: email !== null,
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
