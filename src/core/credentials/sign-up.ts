/** Completing a sign-up by the link from the mail: the account, its password and its membership come in one batch. */
import * as z from 'zod'
import { isUniqueViolation } from '../../db/batch.ts'
import { selectClientByClientId } from '../../db/clients.ts'
import { consumeOneTimeSecret, selectOneTimeSecret, tenantOfSecret } from '../../db/one-time.ts'
import { insertPassword } from '../../db/passwords.ts'
import type { Tenant } from '../../db/principals.ts'
import { insertMember, insertPlainRole } from '../../db/sign-ups.ts'
import { selectTenant } from '../../db/tenants.ts'
import { insertUser } from '../../db/user-directory.ts'
import { lookupKey, type NewUser } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { newId, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { linkAttempt } from './link-attempts.ts'
import { hashPassword } from './password.ts'
import { requireGoodPassword } from './password-policy.ts'
import { SIGN_UP_LINK, takesSignUp } from './sign-up-links.ts'
import { type WayOn, wayOn } from './way-on.ts'

const LinkData = z.object({ email: z.string(), forNobody: z.boolean(), clientId: z.string().optional() })

export interface NewAccount {
  email: string
  password: string
  firstName?: string | undefined
  lastName?: string | undefined
  phone?: string | undefined
  locale?: string | undefined
}

/** The address that the link was sent to; not spent. Throws `sign_up_token_invalid` or `too_many_attempts`. */
export async function readSignUpLink(deps: Deps, token: string) {
  const link = { kind: SIGN_UP_LINK, hash: await sha256(token) }
  const attempt = linkAttempt(deps, link)
  const [counted, standing, [secret], [tenant]] = await deps.db.batch([
    attempt.count,
    attempt.standing,
    selectOneTimeSecret(deps.db, link),
    selectTenant(deps.db, tenantOfSecret(link)),
  ])
  attempt.enforce(counted, standing)
  if (!secret || !tenant) throw new AppError('sign_up_token_invalid')
  const { email, forNobody, clientId } = LinkData.parse(secret.data)
  if (secret.usedAt || secret.expiresAt <= deps.now() || forNobody) throw new AppError('sign_up_token_invalid')
  return { email, tenant, hash: link.hash, clientId }
}

/** Where somebody with a new account goes on to; anybody may have named the client, so it must be one of the tenant. */
export async function wayOnAfterSignUp(
  deps: Deps,
  { tenant, clientId }: { tenant: Tenant; clientId: string | undefined },
): Promise<WayOn | undefined> {
  const [client] = clientId === undefined ? [] : await selectClientByClientId(deps.db, clientId)
  return wayOn(client?.defaultTenantId === tenant.id ? client : undefined, tenant)
}

/**
 * The username is the e-mail. Throws what `readSignUpLink` throws, `link_invalid` (another e-mail than the link's),
 * `password_refused`, `forbidden` (the tenant has closed meanwhile) or `conflict` (the name was taken meanwhile).
 */
export async function completeSignUp(deps: Deps, token: string, account: NewAccount): Promise<NewUser> {
  const { email, tenant, hash } = await readSignUpLink(deps, token)
  if (lookupKey(account.email) !== lookupKey(email)) throw new AppError('link_invalid')
  if (!takesSignUp(tenant, email)) throw new AppError('forbidden')
  requireGoodPassword(account.password, { username: email, email })

  const { db } = deps
  const now = deps.now()
  const user = newUser(account, email, tenant.id, now)
  const member = { id: newId(), userId: user.id, tenantId: tenant.id, roleId: tenant.signUp.roleId, now }
  const entry = { action: 'user.sign-up', target: { kind: 'user', id: user.id }, tenantId: tenant.id }
  try {
    // Of two uses of one link the second fails on the username, and with it everything in its batch; it hears below
    // that the link was used.
    await db.batch([
      consumeOneTimeSecret(db, { kind: SIGN_UP_LINK, hash, useId: newId(), now }),
      insertPlainRole(db, newId(), tenant.id, now),
      insertUser(db, user),
      insertPassword(db, user.id, await hashPassword(deps, account.password), now),
      insertMember(db, member),
      auditStatement(deps, { kind: 'user', id: user.id }, entry),
    ])
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause
    await readSignUpLink(deps, token)
    throw new AppError('conflict', { cause })
  }
  return user
}

function newUser(
  { firstName, lastName, phone, locale }: NewAccount,
  email: string,
  tenantId: string,
  now: Date,
): NewUser {
  return {
    id: newId(),
    username: email,
    usernameKey: lookupKey(email),
    email,
    emailKey: lookupKey(email),
    emailVerified: true,
    firstName: firstName ?? null,
    lastName: lastName ?? null,
    phone: phone ?? null,
    locale: locale ?? null,
    authProvider: 'internal',
    clientIds: null,
    defaultTenantId: tenantId,
    status: 'active',
    secondFactorRequired: false,
    profile: {},
    createdAt: now,
    updatedAt: now,
  }
}
