/** A connection of kind `saml`, ready to be used: the identity provider as configured, and who we are to it. */
import type { Connection } from '../../../db/connections.ts'
import type { SamlSettings } from '../../../db/schema.ts'
import type { Ports } from '../../../deps.ts'
import { AppError } from '../../errors.ts'
import { unseal } from '../../vault.ts'
import { samlKeyIdentity } from '../client-secret.ts'
import { consumerUrlOf, entityIdOf, readServiceKey, type ServiceKey } from './service-provider.ts'

export interface SamlPeer {
  connection: Connection
  /** The identity provider. */
  settings: SamlSettings
  /** Our entity id. */
  entityId: string
  /** Where we take responses. */
  consumerUrl: string
  key: ServiceKey | undefined
}

/** Throws `provider_failed` when the connection says nothing about its identity provider. */
export async function openSamlPeer({ config }: Pick<Ports, 'config'>, connection: Connection): Promise<SamlPeer> {
  const { id, saml, samlKey } = connection
  if (!saml) throw new AppError('provider_failed', { cause: new Error('the connection has no SAML settings') })
  const pem = samlKey && (await unseal(config, samlKeyIdentity(id), samlKey))
  return {
    connection,
    settings: saml,
    entityId: entityIdOf(config.PUBLIC_ORIGIN, id),
    consumerUrl: consumerUrlOf(config.PUBLIC_ORIGIN),
    key: pem ? readServiceKey(pem) : undefined,
  }
}
