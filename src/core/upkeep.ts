/** What the scheduled handler does every hour; safe at any time and twice at once. */
import { lastAuditSeal } from '../db/audit-chain.ts'
import { sweep } from '../db/sweep.ts'
import type { Ports } from '../deps.ts'
import { sealAudit } from './activity/audit-seal.ts'
import { tellProviders } from './federation/logout.ts'
import { tendSigningKeys } from './sessions/signing-keys.ts'

/** Short enough not to be taken for a secret by the log; a log that is kept elsewhere tells of a store that was set back. */
const MARK_LENGTH = 16
const DAY_MS = 24 * 3_600_000

export async function upkeep(ports: Ports): Promise<void> {
  await tendSigningKeys(ports)
  const now = ports.now()
  await sweep(ports.db, now, new Date(now.getTime() - DAY_MS))
  const { refreshMetadata } = await import('./federation/saml/refresh.ts')
  await refreshMetadata(ports)
  await tellProviders(ports)
  await sealAudit(ports)
  const seal = await lastAuditSeal(ports.db)
  ports.log('info', 'upkeep done', seal && { auditSeal: seal.n, auditMark: seal.log.slice(0, MARK_LENGTH) })
}
