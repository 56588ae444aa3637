/** Rows as lines of an export. The members stand in one order, so that the same data is the same text. */
import type { identitiesOf } from '../../db/export-rows.ts'
import type { Role, Tenant } from '../../db/principals.ts'
import type { Unit } from '../../db/units.ts'
import type { DirectoryClient } from '../directory/clients.ts'
import type { DirectoryMembership } from '../directory/memberships.ts'
import type { DirectoryUser } from '../directory/users.ts'
import type { Line } from './lines.ts'

/** The role for sign-ups is said by the role, which comes later. */
export function tenantLine({ signUp: { mode, emailDomains }, createdAt: _, updatedAt: __, ...row }: Tenant): Line {
  return { type: 'tenant', ...row, signUp: { mode, emailDomains } }
}

export function unitLine({ createdAt: _, updatedAt: __, ...row }: Unit): Line {
  return { type: 'unit', ...row }
}

export function roleLine({ createdAt: _, updatedAt: __, ...row }: Role, forSignUp: boolean): Line {
  return { type: 'role', ...row, ...(forSignUp && { forSignUp }) }
}

export function clientLine(row: DirectoryClient, clientSecret?: string): Line {
  const { id, clientId, type: clientType, createdAt: _, updatedAt: __, ...rest } = row
  const origins = [...row.origins].sort()
  return { type: 'client', id, clientId, clientType, ...rest, origins, ...(clientSecret && { clientSecret }) }
}

interface Proofs {
  passwordHash: string | undefined
  authenticatorSecret: string | undefined
  secondFactorEstablished: boolean
}

/** Of somebody who has an app it need not be said that a second factor was completed. */
export function userLine(row: DirectoryUser, { passwordHash, authenticatorSecret, ...proofs }: Proofs): Line {
  const secondFactorEstablished = proofs.secondFactorEstablished && !authenticatorSecret
  const { id, username, email, emailVerified, phone, firstName, lastName, locale, authProvider } = row
  const { clientIds, defaultTenantId, status, secondFactorRequired, profile, settings } = row
  return {
    type: 'user',
    id,
    username,
    email,
    emailVerified,
    phone,
    firstName,
    lastName,
    locale,
    authProvider,
    clientIds,
    defaultTenantId,
    status,
    secondFactorRequired,
    profile: Object.fromEntries(
      Object.entries(profile)
        .filter(([, value]) => value !== null)
        .sort(),
    ),
    settings: settings.map(({ id: _, ...setting }) => setting),
    ...(passwordHash && { passwordHash }),
    ...(authenticatorSecret && { authenticatorSecret }),
    ...(secondFactorEstablished && { secondFactorEstablished }),
  }
}

export function membershipLine(row: DirectoryMembership): Line {
  const { id, userId, tenantId, roleId, status, permissions, units } = row
  return { type: 'membership', id, userId, tenantId, roleId, status, permissions, units }
}

export function identityLine(row: Awaited<ReturnType<typeof identitiesOf>>[number]): Line {
  return { type: 'identity', ...row }
}
