/** Auth0's people. Their ids are not UUIDs: the report's file says which became which. */
import type { Notes } from './notes.ts'
import { given, type Outgoing, stableId } from './source.ts'

export interface Auth0User {
  user_id?: string
  /** Only in what the support hands out. */
  _id?: { $oid?: string }
  passwordHash?: string
  email?: string
  email_verified?: boolean
  username?: string
  phone_number?: string
  given_name?: string
  family_name?: string
  name?: string
  picture?: string
  blocked?: boolean
  multifactor?: unknown[]
  app_metadata?: object
  user_metadata?: object
  identities?: { provider?: string; user_id?: string | number; isSocial?: boolean }[]
}

const PROVIDERS: Record<string, string> = {
  'google-oauth2': 'google',
  facebook: 'facebook',
  instagram: 'instagram',
  apple: 'apple',
  oidc: 'oidc',
  samlp: 'saml',
}

export const userIdOf = ({ user_id, _id }: Auth0User) => user_id ?? (_id?.$oid && `auth0|${_id.$oid}`)

const idOf = (id: string) => stableId('auth0 user', id)
const nameOf = (user: Auth0User, id: string) => user.username || user.email || user.phone_number || id

/** How somebody logs in: `auth0|…` with a password, `google-oauth2|…` with Google. */
const providerOf = (id: string) => id.split('|')[0] ?? ''
const hasPassword = (id: string) => ['auth0', 'sms', 'email'].includes(providerOf(id))

export function auth0Person(user: Auth0User, id: string, tenantId: string, notes: Notes): Outgoing {
  const name = nameOf(user, id)
  const internal = hasPassword(id)
  if (internal && !user.passwordHash) notes.changed('users', 'without a password: they reset it', name)
  for (const field of ['app_metadata', 'user_metadata'] as const)
    if (Object.keys(user[field] ?? {}).length > 0) notes.changed('users', `without ${field}`, name)
  const demands = (user.multifactor ?? []).length > 0
  if (demands) notes.changed('users', 'with a second factor that has to be enrolled again', name)
  const named = user.given_name || user.family_name || user.name === user.email ? undefined : user.name
  return {
    name,
    from: id,
    line: {
      type: 'user',
      id: idOf(id),
      username: name,
      emailVerified: user.email_verified === true,
      authProvider: internal ? 'internal' : (PROVIDERS[providerOf(id)] ?? providerOf(id)),
      status: user.blocked === true ? 'blocked' : 'active',
      secondFactorRequired: demands,
      defaultTenantId: tenantId,
      ...given({
        email: user.email,
        phone: user.phone_number,
        firstName: user.given_name ?? named,
        lastName: user.family_name,
        passwordHash: internal ? user.passwordHash : undefined,
      }),
      profile: given({ image: user.picture }),
    },
  }
}

export function auth0Membership(
  user: Auth0User,
  id: string,
  { tenantId, roleId }: { tenantId: string; roleId: string },
): Outgoing {
  const userId = idOf(id)
  const line = {
    type: 'membership' as const,
    id: stableId('auth0 membership', `${id} ${tenantId}`),
    userId,
    tenantId,
    roleId,
  }
  return { name: nameOf(user, id), line }
}

/** Those beside the password; an export that has no list of them has at least the one that the id names. */
export function* auth0Identities(user: Auth0User, id: string, notes: Notes): Generator<Outgoing> {
  const [provider, ...rest] = id.split('|')
  const identities = user.identities ?? [{ provider, user_id: rest.join('|') }]
  for (const { provider: from = '', user_id: subject } of identities) {
    if (hasPassword(`${from}|`)) continue
    const kind = PROVIDERS[from]
    const name = nameOf(user, id)
    if (kind && subject) yield { name, line: { type: 'identity', userId: idOf(id), kind, subject: String(subject) } }
    else notes.left('identities', `logins with ${from} are not known here`, name)
  }
}
