/** What an access token says about the person it was given to. */
import type { Principal } from '../../db/principals.ts'

/** About the person; `/auth/me` shows exactly these. */
export interface PersonClaims {
  id: string
  firstName?: string
  lastName?: string
  username: string
  email?: string
  phone?: string
  photoUrl?: string
  designation?: string
  dob?: string
  age?: number
  lastLogin?: string
  defaultTenantId?: string
  permissions: string[]
  role: string
  userPreferences: { locale: string }
  tenantId: string
  userTenantId: string
  status: number
}

/** A whole access token (RFC 9068). `iat` and `exp` in epoch seconds. */
export interface AccessClaims extends PersonClaims {
  iss: string
  sub: string
  aud: string
  client_id: string
  /** How the person logged in; see authentication-methods.ts. */
  amr: string[]
  /** The session and its generation: what revocation goes by. */
  sid: string
  jti: string
  iat: number
  exp: number
}

/** The role's permissions, and those the membership adds, without those it takes away. */
export function permissionsOf({ role, membership }: Principal): string[] {
  const { allow = [], deny = [] } = membership?.permissions ?? {}
  return [...new Set([...(role?.permissions ?? []), ...allow])].filter((permission) => !deny.includes(permission))
}

/** What a token says about the person, without what it says about itself. */
export function personOf({ iss, sub, aud, client_id, amr, sid, jti, iat, exp, ...person }: AccessClaims): PersonClaims {
  return person
}

/** Throws when there is no membership: such a principal is refused before. */
export function personClaims(principal: Principal, now: Date): PersonClaims {
  const { user, tenant, membership, role } = principal
  if (!tenant || !membership || !role) throw new Error('claims of a principal without membership')
  const { title, image, birthDate } = user.profile
  const born = typeof birthDate === 'string' ? new Date(birthDate) : undefined
  return defined({
    id: user.id,
    firstName: user.firstName ?? undefined,
    lastName: user.lastName ?? undefined,
    username: user.username,
    email: user.email ?? undefined,
    phone: user.phone ?? undefined,
    photoUrl: typeof image === 'string' && image.startsWith('https:') ? image : undefined,
    designation: typeof title === 'string' ? title : undefined,
    dob: born?.toISOString(),
    age: born && yearsBetween(born, now),
    lastLogin: user.lastLoginAt?.toISOString(),
    defaultTenantId: user.defaultTenantId ?? undefined,
    permissions: permissionsOf(principal),
    role: role.name,
    userPreferences: { locale: user.locale ?? tenant.locale },
    tenantId: tenant.id,
    userTenantId: membership.id,
    status: membership.status,
  }) as PersonClaims
}

function yearsBetween(born: Date, now: Date): number {
  const years = now.getUTCFullYear() - born.getUTCFullYear()
  const anniversary = Date.UTC(now.getUTCFullYear(), born.getUTCMonth(), born.getUTCDate())
  return now.getTime() < anniversary ? years - 1 : years
}

function defined<T extends object>(claims: T): Partial<T> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)) as Partial<T>
}
