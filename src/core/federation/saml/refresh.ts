/** Reads the metadata of identity providers again, so that their new keys are known here before they sign with them. */
import type { Connection } from '../../../db/connections.ts'
import { listWithMetadata, replaceSettings } from '../../../db/saml-connections.ts'
import type { SamlSettings } from '../../../db/schema.ts'
import type { Deps, Ports } from '../../../deps.ts'
import { auditOfChange } from '../../activity/audit.ts'
import { SYSTEM } from '../../actor.ts'
import { AppError } from '../../errors.ts'
import { completeSettings } from './settings.ts'

const TRACE = { requestId: 'upkeep', address: 'unknown', userAgent: '' }
/** Beyond these the others have their turn an hour later. */
const MOST_AT_ONCE = 40

/** For the upkeep. What cannot be read stays as it is, and is logged. */
export async function refreshMetadata(ports: Ports): Promise<void> {
  const deps: Deps = { ...ports, trace: TRACE }
  await Promise.all((await listWithMetadata(deps.db, MOST_AT_ONCE)).map((connection) => refreshOne(deps, connection)))
}

async function refreshOne(deps: Deps, connection: Connection): Promise<void> {
  const { id, saml, tenantId } = connection
  const metadataUrl = saml?.metadataUrl
  if (!metadataUrl) return
  try {
    const settings = await completeSettings(deps, { metadataUrl }, saml)
    if (JSON.stringify(settings) === JSON.stringify(inOrder(saml))) return
    const target = { kind: 'connection', id }
    await deps.db.batch([
      replaceSettings(deps.db, connection, settings, deps.now()),
      auditOfChange(deps, SYSTEM, { action: 'connection.update', target, tenantId }),
    ])
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause
    deps.log('warn', 'SAML metadata not read', { connectionId: id, errorCode: cause.code, cause })
  }
}

const inOrder = ({ entityId, ssoUrl, certificates, metadataUrl }: SamlSettings) => ({
  entityId,
  ssoUrl,
  certificates,
  metadataUrl,
})
