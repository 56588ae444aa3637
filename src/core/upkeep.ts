/** What the scheduled handler does every hour; safe at any time and twice at once. */
import { sweep } from '../db/sweep.ts'
import type { Ports } from '../deps.ts'
import { tellProviders } from './federation/logout.ts'
import { tendSigningKeys } from './sessions/signing-keys.ts'

const DAY_MS = 24 * 3_600_000

export async function upkeep(ports: Ports): Promise<void> {
  await tendSigningKeys(ports)
  const now = ports.now()
  await sweep(ports.db, now, new Date(now.getTime() - DAY_MS))
  const { refreshMetadata } = await import('./federation/saml/refresh.ts')
  await refreshMetadata(ports)
  await tellProviders(ports)
  ports.log('info', 'upkeep done')
}
