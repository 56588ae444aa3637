/** The parts of a realm export that are looked at. */

export interface RealmRole {
  id?: string
  name: string
  composites?: { realm?: string[]; client?: Record<string, string[]> }
}

export interface RealmGroup {
  name: string
  path?: string
  realmRoles?: string[]
  clientRoles?: Record<string, string[]>
  subGroups?: RealmGroup[]
}

export interface RealmClient {
  id?: string
  clientId: string
  name?: string
  enabled?: boolean
  protocol?: string
  bearerOnly?: boolean
  publicClient?: boolean
  secret?: string
  redirectUris?: string[]
  webOrigins?: string[]
}

export interface Realm {
  id?: string
  realm: string
  displayName?: string
  enabled?: boolean
  defaultLocale?: string
  registrationAllowed?: boolean
  defaultRole?: { name?: string }
  roles?: { realm?: RealmRole[]; client?: Record<string, RealmRole[]> }
  groups: RealmGroup[]
  clients: RealmClient[]
  identityProviders: { alias?: string; providerId?: string }[]
}

export interface RealmCredential {
  type?: string
  value?: string
  secretData?: string
  credentialData?: string
  /** Before Keycloak 8. */
  hashedSaltedValue?: string
  salt?: string
  hashIterations?: number
  algorithm?: string
}

export interface RealmUser {
  id?: string
  username?: string
  enabled?: boolean
  email?: string
  emailVerified?: boolean
  firstName?: string
  lastName?: string
  attributes?: Record<string, string[]>
  credentials?: RealmCredential[]
  requiredActions?: string[]
  realmRoles?: string[]
  clientRoles?: Record<string, string[]>
  groups?: string[]
  federatedIdentities?: { identityProvider?: string; userId?: string }[]
  federationLink?: string
  serviceAccountClientId?: string
}

/** Keycloak's own clients, which every realm has. */
export const BUILT_IN_CLIENTS = [
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
  'master-realm',
]
