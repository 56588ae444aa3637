/**
 * A cache that does not answer is as good as none: it is waited for, but not for long, and then left alone for a while.
 * By a clock that is never set.
 */
import type { Kv } from '../deps.ts'

const PATIENCE_MS = 500
const PAUSE_MS = 5_000

export function patientKv(kv: Kv): Kv {
  let silentUntil = 0

  async function soon<T>(work: () => Promise<T>): Promise<T> {
    if (performance.now() < silentUntil) throw new Error('the cache did not answer lately')
    const late = Promise.withResolvers<never>()
    const giveUp = () => {
      silentUntil = performance.now() + PAUSE_MS
      late.reject(new Error('the cache does not answer'))
    }
    const timer = setTimeout(giveUp, PATIENCE_MS)
    return Promise.race([work(), late.promise]).finally(() => clearTimeout(timer))
  }

  return {
    get: (key) => soon(() => kv.get(key)),
    put: (key, value, ttlSeconds) => soon(() => kv.put(key, value, ttlSeconds)),
  }
}
