/** Which web origins may read answers; a change is seen at once where it is made, and everywhere within a minute. */
import { isClientOrigin } from '../../db/clients.ts'
import type { Ports } from '../../deps.ts'
import { remember } from '../memory.ts'

const TTL_MS = 60_000
const MOST_REMEMBERED = 1_000

/** The answers of the last minute, emptied as a whole. */
const recent = remember(TTL_MS, async (_: Pick<Ports, 'db' | 'now'>) => new Map<string, boolean>())

export async function isRegisteredOrigin(deps: Pick<Ports, 'db' | 'now'>, origin: string): Promise<boolean> {
  const answers = await recent(deps)
  const known = answers.get(origin)
  if (known !== undefined) return known
  const registered = await isClientOrigin(deps.db, origin)
  if (answers.size < MOST_REMEMBERED) answers.set(origin, registered)
  return registered
}

/** The next question goes to SQL: a client has just changed. */
export const forgetOrigins = (deps: Pick<Ports, 'db' | 'now'>): void => recent.forget(deps)
