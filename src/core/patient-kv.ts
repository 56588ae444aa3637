/**
 * A cache that does not answer is as good as none: it is waited for, but not for long, and then not asked for a while, by
 * a clock that is never set. It is told everything all the same: an end that it misses would live on in it.
 */
import type { Kv } from '../deps.ts'

const PATIENCE_MS = 500
const PAUSE_MS = 5_000

export function patientKv(kv: Kv): Kv {
  let silentUntil = 0

  async function soon<T>(work: () => Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>()
    const giveUp = () => {
      silentUntil = performance.now() + PAUSE_MS
      late.reject(new Error('the cache does not answer'))
    }
    const timer = setTimeout(giveUp, PATIENCE_MS)
    return Promise.race([work(), late.promise]).finally(() => clearTimeout(timer))
  }

  return {
    async get(key) {
      if (performance.now() < silentUntil) throw new Error('the cache did not answer lately')
      return soon(() => kv.get(key))
    },
    put: (key, value, ttlSeconds) => soon(() => kv.put(key, value, ttlSeconds)),
  }
}
