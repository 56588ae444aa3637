/** What an identity provider has to know of us. */
import { selectConnection } from '../../../db/connections.ts'
import type { Deps } from '../../../deps.ts'
import { AppError } from '../../errors.ts'
import { openSamlPeer } from './connection.ts'
import { toMetadata } from './metadata.ts'

/** Throws `not_found`. */
export async function describeServiceProvider(deps: Deps, connectionId: string): Promise<string> {
  const [connection] = await selectConnection(deps.db, null, connectionId)
  if (connection?.kind !== 'saml' || connection.status !== 'active') throw new AppError('not_found')
  return toMetadata(await openSamlPeer(deps, connection))
}
