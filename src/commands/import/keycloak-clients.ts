/** Keycloak's OpenID clients, as applications of their realm's tenant. */
import { BUILT_IN_CLIENTS, type Realm, type RealmClient } from './keycloak-realm.ts'
import type { Notes } from './notes.ts'
import { given, type Outgoing, stableId } from './source.ts'

/** What an export from the console shows instead of a secret. */
const MASKED = /^\*+$/

export function* keycloakClients({ realm, clients }: Realm, tenantId: string, notes: Notes): Generator<Outgoing> {
  for (const client of clients) {
    const { clientId } = client
    const reason = whyNot(client)
    if (reason) notes.left('clients', reason, clientId)
    else yield { name: clientId, line: lineOf(client, realm, tenantId, notes) }
  }
}

function whyNot({ clientId, protocol = 'openid-connect', bearerOnly }: RealmClient): string | undefined {
  if (BUILT_IN_CLIENTS.includes(clientId) || clientId.endsWith('-realm')) return "Keycloak's own"
  if (protocol !== 'openid-connect') return `they speak ${protocol}`
  return bearerOnly ? 'nobody logs in to them (bearer-only)' : undefined
}

function lineOf(client: RealmClient, realm: string, tenantId: string, notes: Notes): Outgoing['line'] {
  const { clientId, name, secret, redirectUris = [], webOrigins = [] } = client
  const exact = redirectUris.filter((uri) => !uri.includes('*') && /^https?:/.test(uri))
  const origins = webOrigins.filter((origin) => /^https?:/.test(origin))
  if (exact.length < redirectUris.length)
    notes.changed('clients', 'without redirect URIs that hold a * or no host', clientId)
  if (origins.length < webOrigins.length) notes.changed('clients', 'without web origins that are + or *', clientId)
  const known = secret && !MASKED.test(secret) ? secret : undefined
  if (!client.publicClient && !known)
    notes.changed(
      'clients',
      'with a new secret, because the file has none: POST /v1/clients/{id}/secret shows one',
      clientId,
    )
  return {
    type: 'client',
    id: stableId('keycloak client', client.id ?? `${realm} ${clientId}`),
    clientId,
    name: name?.trim() && !name.startsWith('${') ? name.trim() : clientId,
    clientType: client.publicClient ? 'public' : 'confidential',
    status: client.enabled === false ? 'disabled' : 'active',
    defaultTenantId: tenantId,
    redirectUris: exact,
    origins,
    ...given({ redirectUrl: exact[0], clientSecret: known }),
  }
}
