/** What makes a connection usable, told before anybody tries to log in with it. */
import { importPKCS8 } from 'jose'
import type { Connection } from '../../db/connections.ts'
import { selectRolesNamed } from '../../db/member-roles.ts'
import type { AppleSigner } from '../../db/schema.ts'
import type { Deps } from '../../deps.ts'
import { refusedField, unknownReference } from '../directory/refusals.ts'
import { isPeerUrl } from './peer-address.ts'
import { PROVIDERS } from './providers.ts'

const URL_WORDS = 'must be an https URL of a public host'

/** Throws `validation_failed`. */
export function checkWhole(deps: Pick<Deps, 'config'>, connection: Connection): void {
  const { kind, clientId, issuer, endpoints, saml, apple } = connection
  if (issuer !== null && !isPeerUrl(deps, issuer)) throw refusedField('issuer', URL_WORDS)
  for (const [name, url] of Object.entries(endpoints))
    if (!isPeerUrl(deps, url)) throw refusedField(['endpoints', name], URL_WORDS)
  if (apple && kind !== 'apple') throw refusedField('apple', 'is for connections of kind apple')
  if (kind === 'saml') {
    if (!saml) throw refusedField('saml', 'is required for a connection of kind saml')
    return
  }
  if (saml) throw refusedField('saml', 'is for connections of kind saml')
  if (!clientId) throw refusedField('clientId', 'is required: what the provider knows us by')
  const provider = PROVIDERS[kind]
  if (!issuer && !provider.issuer && !provider.plain) throw refusedField('issuer', `is required for ${provider.title}`)
}

/** With a signer, the secret is the private key that signs; it must come with the signer, and fit ES256. */
export async function checkGivenKey(
  apple: AppleSigner | null,
  { changed, clientSecret }: { changed: boolean; clientSecret: string | null | undefined },
): Promise<void> {
  if (!apple || (!changed && clientSecret === undefined)) return
  const usable = await importPKCS8(clientSecret ?? '', 'ES256').then(
    () => true,
    () => false,
  )
  if (!usable) throw refusedField('clientSecret', 'must be the P-256 private key in PKCS#8 PEM')
}

/** The roles of a tenant's connection must be there; a shared one names the roles of whichever tenant it serves. */
export async function checkGroupRoles(
  { db }: Pick<Deps, 'db'>,
  tenantId: string | null,
  groupRoles: Record<string, string> | undefined,
): Promise<void> {
  if (!groupRoles || tenantId === null) return
  const roles = await selectRolesNamed(db, tenantId, Object.values(groupRoles))
  for (const [group, wanted] of Object.entries(groupRoles))
    if (!roles.some(({ id, name }) => wanted === id || wanted === name)) throw unknownReference(['groupRoles', group])
}
