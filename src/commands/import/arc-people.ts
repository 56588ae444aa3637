/** ARC's people, with their credentials, and their places in tenants. */
import { type Cells, isTrue, parseList } from './arc-tables.ts'
import type { Notes } from './notes.ts'
import { given, type Outgoing, stableId } from './source.ts'
import type { Staging } from './staging.ts'

type RoleId = (tenantId: string, roleId: string) => string

/** The providers that both know, by ARC's names. */
const PROVIDERS: Record<string, string> = {
  google: 'google',
  facebook: 'facebook',
  instagram: 'instagram',
  apple: 'apple',
  azure: 'azure',
  keycloak: 'keycloak',
  'aws-cognito': 'cognito',
  saml: 'saml',
}

export function* arcPeople(staging: Staging, notes: Notes, roleId: RoleId): Generator<Outgoing> {
  for (const { row } of staging.all<Cells>('users')) yield personOf(staging, notes, row)
  yield* membershipsOf(staging, notes, roleId)
  for (const { row } of staging.all<Cells>('user_credentials')) yield* identityOf(staging, notes, row)
}

function personOf(staging: Staging, notes: Notes, row: Cells): Outgoing {
  const { id, username, auth_client_ids: ids } = row
  const name = username ?? `${id}`
  const [credential] = staging.find<Cells>('user_credentials', id)
  const places = staging.find<Cells>('user_tenants', id)
  const home = homeOf(staging, row['default_tenant_id']) ?? homeOf(staging, places[0]?.['tenant_id'])
  if (row['default_tenant_id'] && row['default_tenant_id'] !== home)
    notes.changed('users', 'without the default tenant, which does not come along', name)
  const place = places.find(({ tenant_id }) => tenant_id === home)
  const provider = credential?.['auth_provider'] ?? 'internal'
  const internal = provider === 'internal'
  if (internal && !credential?.['password']) notes.changed('users', 'without a password: they reset it', name)
  if (!internal && credential?.['password'])
    notes.changed('users', `without a password: they log in with ${provider}`, name)
  for (const field of ['middle_name', 'gender'])
    if (row[field]) notes.changed('users', `without ${field.replace('_', ' ')}`, name)
  return {
    name,
    line: {
      type: 'user',
      id: stableId('arc user', `${id}`),
      username: name,
      clientIds: clientIdsOf(staging, notes, name, ids),
      authProvider: PROVIDERS[provider] ?? provider,
      ...given({
        email: row['email'],
        phone: row['phone']?.replace(/[\s()./-]/g, ''),
        firstName: row['first_name'],
        lastName: row['last_name'],
        locale: place?.['locale']?.replace('_', '-'),
        defaultTenantId: home && stableId('arc tenant', home),
        passwordHash: internal ? credential?.['password'] : null,
        authenticatorSecret: credential?.['secret_key']?.replace(/[\s=]/g, '').toUpperCase(),
      }),
      profile: given({
        title: row['designation'],
        birthDate: row['dob']?.slice(0, 10),
        image: row['photo_url'],
      }),
    },
  }
}

const homeOf = (staging: Staging, tenantId: string | null | undefined) =>
  staging.find('tenants', tenantId).length > 0 ? tenantId : undefined

/** Whoever may use no client there may use none here. */
function clientIdsOf(staging: Staging, notes: Notes, name: string, cell: string | null | undefined): string[] {
  try {
    const clientIds = parseList(cell).flatMap((id) => {
      const [client] = staging.find<Cells>('auth_clients', id)
      if (!client) notes.changed('users', 'without a client that is not there any more', name)
      return client?.['client_id'] ?? []
    })
    if (clientIds.length === 0) notes.changed('users', 'may use no client, as there', name)
    return [...new Set(clientIds)]
  } catch (error) {
    notes.changed('users', `may use no client: auth_client_ids ${(error as Error).message}`, name)
    return []
  }
}

function* membershipsOf(staging: Staging, notes: Notes, roleId: RoleId): Generator<Outgoing> {
  for (const { row, where } of staging.all<Cells>('user_tenants')) {
    const { id, user_id: userId, tenant_id: tenantId, role_id: role, status } = row
    const [user] = staging.find<Cells>('users', userId)
    const name = `${user?.['username'] ?? userId} in ${tenantId}`
    if (!user || !tenantId || !role || staging.find('roles', role).length === 0) {
      notes.left('user_tenants', user ? 'without a tenant or a role' : 'of nobody who comes along', where)
      continue
    }
    const rights = staging.find<Cells>('user_permissions', id)
    const names = (allowed: boolean) => [
      ...new Set(
        rights.filter((right) => isTrue(right['allowed']) === allowed).flatMap((right) => right['permission'] ?? []),
      ),
    ]
    yield {
      name,
      line: {
        type: 'membership',
        id: stableId('arc membership', `${id}`),
        userId: stableId('arc user', `${userId}`),
        tenantId: stableId('arc tenant', tenantId),
        roleId: roleId(tenantId, role),
        status: Number(status ?? 0) as 0 | 1 | 2 | 3 | 4,
        permissions: { allow: names(true), deny: names(false) },
      },
    }
  }
}

/** Somebody who logs in elsewhere is known there by `auth_id`. */
function* identityOf(staging: Staging, notes: Notes, row: Cells): Generator<Outgoing> {
  const { user_id: userId, auth_provider: provider = 'internal', auth_id: subject } = row
  if (!provider || provider === 'internal') return
  const [user] = staging.find<Cells>('users', userId)
  const name = user?.['username'] ?? `${userId}`
  const kind = PROVIDERS[provider]
  if (!user || !kind || !subject) {
    notes.left(
      'user_credentials',
      user ? `a login with ${provider} that is not known here` : 'of nobody who comes along',
      name,
    )
    return
  }
  yield { name, line: { type: 'identity', userId: stableId('arc user', `${userId}`), kind, subject } }
}
