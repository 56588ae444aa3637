/** Reads the metadata of identity providers again, so that their new keys are known here before they sign with them. */
import type { Connection } from '../../../db/connections.ts'
import { listWithMetadata, replaceSettings } from '../../../db/saml-connections.ts'
import type { Deps, Ports } from '../../../deps.ts'
import { auditOfChange } from '../../activity/audit.ts'
import { SYSTEM } from '../../actor.ts'
import { AppError } from '../../errors.ts'
import { bareCertificate } from './certificates.ts'
import { refuse } from './refuse.ts'
import { fetchMetadata } from './settings.ts'

const TRACE = { requestId: 'upkeep', address: 'unknown', userAgent: '' }
/** Beyond these the others have their turn an hour later. */
const MOST_AT_ONCE = 40

/** For the upkeep. Only certificates are taken over; what cannot be read leaves them as they are, and is logged. */
export async function refreshMetadata(ports: Ports): Promise<void> {
  const deps: Deps = { ...ports, trace: TRACE, afterwards: new Set() }
  await Promise.all((await listWithMetadata(deps.db, MOST_AT_ONCE)).map((connection) => refreshOne(deps, connection)))
}

async function refreshOne(deps: Deps, connection: Connection): Promise<void> {
  const { id, saml, tenantId } = connection
  if (!saml?.metadataUrl) return
  try {
    const { entityId, certificates } = await fetchMetadata(deps, saml.metadataUrl)
    if (entityId !== saml.entityId) refuse('metadata of another identity provider')
    if (certificates.join() === saml.certificates.map(bareCertificate).join()) return
    const target = { kind: 'connection', id }
    await deps.db.batch([
      replaceSettings(deps.db, connection, { ...saml, certificates }, deps.now()),
      auditOfChange(deps, SYSTEM, { action: 'connection.update', target, tenantId }),
    ])
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause
    deps.log('warn', 'SAML metadata not read', { connectionId: id, errorCode: cause.code, cause })
  }
}
