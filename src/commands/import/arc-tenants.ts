/** ARC's tenants, roles and clients. */
import { type Cells, parseList } from './arc-tables.ts'
import type { Notes } from './notes.ts'
import { type Choices, given, type Outgoing, stableId, tenantKey } from './source.ts'
import type { Staging } from './staging.ts'

export function* arcTenants(staging: Staging, notes: Notes): Generator<Outgoing> {
  const taken = new Set<string>()
  for (const { row } of staging.all<Cells>('tenants')) {
    const { id, key, name, status } = row
    const text = key ?? name ?? ''
    const fitting = tenantKey(text, taken)
    if (fitting !== text) notes.changed('tenants', `the key became ${fitting}`, text)
    const active = status === '1'
    if (!active) notes.changed('tenants', 'INACTIVE there, suspended here: nobody can log in to it', fitting)
    if (row['address'] || row['city'] || row['zip'] || row['country'] || row['website'])
      notes.changed('tenants', 'without address and website', fitting)
    yield {
      name: fitting,
      line: {
        type: 'tenant',
        id: stableId('arc tenant', id ?? ''),
        key: fitting,
        name: name || fitting,
        status: active ? 'active' : 'suspended',
      },
    }
  }
}

/**
 * A role belongs to one tenant here, there often to none: each tenant in which somebody has it gets one of its own.
 * Two of the same name in a tenant stay two.
 */
export function arcRoles(staging: Staging, notes: Notes) {
  const used = new Map<string, Set<string>>()
  const note = (tenantId: string, roleId: string) => used.set(tenantId, (used.get(tenantId) ?? new Set()).add(roleId))
  for (const { row } of staging.all<Cells>('user_tenants'))
    if (row['tenant_id'] && row['role_id']) note(row['tenant_id'], row['role_id'])
  for (const { row } of staging.all<Cells>('roles')) if (row['tenant_id']) note(row['tenant_id'], row['id'] ?? '')
  const idOf = (tenantId: string, roleId: string) => {
    const [role] = staging.find<Cells>('roles', roleId)
    if (role?.['tenant_id'] === tenantId) return stableId('arc role', roleId)
    return stableId('arc role', `${roleId} in ${tenantId}`)
  }

  function* lines(): Generator<Outgoing> {
    for (const [tenantId, roleIds] of used) {
      const names = new Set<string>()
      for (const roleId of roleIds) {
        const [role] = staging.find<Cells>('roles', roleId)
        if (!role) continue
        const plain = role['name']?.trim() || roleId
        const name = names.has(plain) ? `${plain} (${roleId.slice(0, 8)})` : plain
        names.add(name)
        if (name !== plain) notes.changed('roles', 'there is another one of that name in the tenant', plain)
        if (parseListOr(role['allowed_clients']).length > 0) notes.changed('roles', 'without allowed_clients', plain)
        const permissions = [...new Set(parseListOr(role['permissions']))]
        const line = {
          type: 'role' as const,
          id: idOf(tenantId, roleId),
          tenantId: stableId('arc tenant', tenantId),
          name,
          permissions,
        }
        yield { name, line, from: roleId }
      }
    }
    const everywhere = new Set([...used.values()].flatMap((ids) => [...ids]))
    for (const { row } of staging.all<Cells>('roles'))
      if (!everywhere.has(row['id'] ?? '')) notes.left('roles', 'nobody has it in any tenant', row['name'] ?? '')
  }
  return { lines: lines(), idOf }
}

function parseListOr(cell: string | null | undefined): string[] {
  try {
    return parseList(cell)
  } catch {
    return []
  }
}

export function* arcClients(staging: Staging, { notes, secureClients }: Choices): Generator<Outgoing> {
  const taken = new Set<string>()
  for (const { row } of staging.all<Cells>('auth_clients')) {
    const { id, client_id: clientId = '', client_secret: clientSecret, client_type: type, redirect_url: url } = row
    if (!clientId || taken.has(clientId)) {
      notes.left(
        'auth_clients',
        clientId ? 'there is another one of that client_id' : 'without client_id',
        clientId ?? '',
      )
      continue
    }
    taken.add(clientId)
    yield {
      name: clientId,
      from: id ?? '',
      line: {
        type: 'client',
        // Not of the number, which every installation has.
        id: stableId('arc client', clientId),
        clientId,
        name: clientId,
        clientType: secureClients && type === 'public' ? 'public' : 'confidential',
        ...given({
          clientSecret,
          redirectUrl: url,
          accessTokenExpiration: number(row['access_token_expiration']),
          refreshTokenExpiration: number(row['refresh_token_expiration']),
          authCodeExpiration: number(row['auth_code_expiration']),
        }),
      },
    }
  }
  if (taken.size > 0 && !secureClients)
    notes.remark(
      'Every client is confidential, as ARC treats them unless it runs with secureClient; if yours does, say --secure-clients.',
    )
}

const number = (cell: string | null | undefined) => (cell && /^\d{1,9}$/.test(cell) ? Number(cell) : undefined)
