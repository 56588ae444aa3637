/**
 * The gateway's snapshot of its state. While SQL is down it is what the gateway goes on with, and says so; without one
 * it has nothing to go on with.
 */
import * as z from 'zod'
import { readGatewayState, requireStore } from '../../db/gateway.ts'
import type { Deps } from '../../deps.ts'
import { sha256 } from '../crypto.ts'
import { readOrLast, remember } from '../memory.ts'
import { signingKeys } from '../sessions/signing-keys.ts'
import { callbackOrigins } from './callbacks.ts'

const RENEW_MS = 60_000
const KEY = 'gateway:snapshot'
const KEEP_SECONDS = 7 * 86_400

const Snapshot = z.object({ checksum: z.string() })

/**
 * Read anew at least every minute, and here at once after a change made here; kept in the cache for other processes and
 * for worse times.
 */
const snapshot = remember(RENEW_MS, async (deps: Deps) => {
  const { published } = await signingKeys(deps)
  const state = await readGatewayState(deps.db)
  const checksum = await sha256(JSON.stringify([state, published.keys.map(({ kid }) => kid)]))
  // Without the cache this process still knows it; only others, and worse times, have to do without.
  const kept = deps.kv.put(KEY, JSON.stringify({ checksum }), KEEP_SECONDS)
  deps.defer(kept.catch((cause: unknown) => deps.log('warn', 'cache write failed', { cause })))
  return { checksum, origins: new Map(state.organisations.map((tenant) => [tenant.id, callbackOrigins(tenant)])) }
})

/** The next read asks SQL: a tenant has just changed. */
export const forgetSnapshot = (deps: Pick<Deps, 'db' | 'now'>): void => snapshot.forget(deps)

/** Whether the origin is in the allowlist of any organisation: all that can be known before a request brings its cookie. */
export async function isCallbackOrigin(deps: Deps, origin: string): Promise<boolean> {
  return [...(await readOrLast(deps, snapshot)).origins.values()].some((origins) => origins.includes(origin))
}

/** Whether it is in that of this one, as of the last minute. */
export async function isKnownOrigin(deps: Deps, tenantId: string, origin: string): Promise<boolean> {
  return (await readOrLast(deps, snapshot)).origins.get(tenantId)?.includes(origin) ?? false
}

/** Has the state read when it is due, after a request that needed the store anyway: for worse times, if nobody else asks. */
export function keepSnapshot(deps: Deps): void {
  const failed = (cause: unknown) => deps.log('warn', 'gateway snapshot not renewed', { cause })
  deps.defer(snapshot(deps).catch(failed))
}

/** Undefined when there never was a snapshot. That one is fresh does not say that the store still answers. */
export async function gatewayHealth(deps: Deps): Promise<{ inGrace: boolean; stateChecksum: string } | undefined> {
  try {
    const { checksum } = await snapshot(deps)
    await requireStore(deps.db)
    return { inGrace: false, stateChecksum: checksum }
  } catch (cause) {
    deps.log('error', 'gateway in grace', { cause })
    const checksum = snapshot.last(deps)?.checksum ?? (await keptChecksum(deps))
    return checksum === undefined ? undefined : { inGrace: true, stateChecksum: checksum }
  }
}

async function keptChecksum({ kv }: Deps): Promise<string | undefined> {
  const kept = await kv.get(KEY).catch(() => null)
  return kept === null ? undefined : Snapshot.parse(JSON.parse(kept)).checksum
}
