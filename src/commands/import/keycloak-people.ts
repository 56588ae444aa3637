/** Keycloak's people, their places in the realm's tenant, and who they are elsewhere. */
import { authenticatorSecretOf, passwordHashOf } from './keycloak-credentials.ts'
import type { Realm, RealmUser } from './keycloak-realm.ts'
import type { RoleBook } from './keycloak-roles.ts'
import type { Notes } from './notes.ts'
import { given, type Outgoing, stableId } from './source.ts'

interface Book {
  realm: Realm
  tenantId: string
  roles: RoleBook
}

/** The kinds of providers that both know, by Keycloak's names. */
const PROVIDERS: Record<string, string> = {
  google: 'google',
  facebook: 'facebook',
  instagram: 'instagram',
  'keycloak-oidc': 'keycloak',
  oidc: 'oidc',
  saml: 'saml',
}

export function* keycloakPeople(
  users: () => Iterable<{ row: RealmUser; where: string; key: string }>,
  notes: Notes,
  bookOf: (key: string) => Book | undefined,
): Generator<Outgoing> {
  function* each() {
    for (const { row, where, key } of users()) {
      const book = bookOf(key)
      if (book && row.username && !row.serviceAccountClientId) yield { user: row, book, name: row.username, where }
    }
  }
  for (const { row, where } of users()) {
    if (row.serviceAccountClientId) notes.left('users', 'they are accounts of services', row.username ?? where)
    else if (!row.username) notes.left('users', 'without a username', where)
  }
  for (const { user, book, name } of each()) yield personOf(user, book, name, notes)
  for (const { user, book, name } of each()) yield membershipOf(user, book, name)
  for (const { user, book, name } of each()) yield* identitiesOf(user, book, name, notes)
}

const idOf = (user: RealmUser, { realm }: Book) =>
  stableId('keycloak user', user.id ?? `${realm.realm} ${user.username}`)

function personOf(user: RealmUser, book: Book, name: string, notes: Notes): Outgoing {
  const { credentials = [], attributes = {}, requiredActions = [] } = user
  const { locale, ...others } = attributes
  if (Object.keys(others).length > 0) notes.changed('users', 'without attributes', name)
  if (credentials.some(({ type }) => type?.startsWith('webauthn'))) notes.changed('users', 'without passkeys', name)
  const apps = credentials.filter(({ type }) => type === 'otp')
  const authenticatorSecret = apps.map(authenticatorSecretOf).find((secret) => secret !== undefined)
  if (apps.length > 0 && !authenticatorSecret)
    notes.changed('users', 'with an authenticator app that has to be enrolled again', name)
  return {
    name,
    line: {
      type: 'user',
      id: idOf(user, book),
      username: name,
      emailVerified: user.emailVerified === true,
      status: user.enabled === false ? 'blocked' : 'active',
      defaultTenantId: book.tenantId,
      secondFactorRequired: apps.length > 0 || requiredActions.includes('CONFIGURE_TOTP'),
      ...given({
        email: user.email,
        firstName: user.firstName,
        lastName: user.lastName,
        locale: locale?.[0],
        passwordHash: passwordOf(user, name, notes),
        authenticatorSecret,
      }),
    },
  }
}

function passwordOf({ credentials = [], federationLink }: RealmUser, name: string, notes: Notes): string | undefined {
  const password = credentials.find(({ type }) => type === 'password')
  const hash = password && passwordHashOf(password)
  if (hash) return hash
  const why = federationLink
    ? 'they are kept in a directory outside Keycloak'
    : !password
      ? 'there is none'
      : password.value
        ? 'it stands in clear'
        : 'of a kind that is not known here'
  notes.changed('users', `without a password (${why}): they reset it`, name)
  return undefined
}

function membershipOf(user: RealmUser, book: Book, name: string): Outgoing {
  const { roleId, allow } = book.roles.of(user)
  const userId = idOf(user, book)
  return {
    name,
    line: {
      type: 'membership',
      id: stableId('keycloak membership', `${userId} ${book.tenantId}`),
      userId,
      tenantId: book.tenantId,
      roleId,
      status: user.requiredActions?.includes('UPDATE_PASSWORD') ? 3 : 1,
      permissions: { allow, deny: [] },
    },
  }
}

function* identitiesOf(user: RealmUser, book: Book, name: string, notes: Notes): Generator<Outgoing> {
  for (const { identityProvider: alias, userId: subject } of user.federatedIdentities ?? []) {
    const provider = book.realm.identityProviders.find((one) => one.alias === alias)?.providerId ?? alias ?? ''
    const kind = PROVIDERS[provider]
    if (kind && subject) yield { name, line: { type: 'identity', userId: idOf(user, book), kind, subject } }
    else notes.left('identities', `logins with ${provider} are not known here`, name)
  }
}
