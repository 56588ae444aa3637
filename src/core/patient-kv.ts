/** A cache that does not answer is as good as none: it is waited for, but not for long. */
import type { Kv } from '../deps.ts'

const PATIENCE_MS = 1_000

export function patientKv(kv: Kv): Kv {
  return {
    get: (key) => soon(() => kv.get(key)),
    put: (key, value, ttlSeconds) => soon(() => kv.put(key, value, ttlSeconds)),
  }
}

async function soon<T>(work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('the cache does not answer')), PATIENCE_MS)
  return Promise.race([work(), late.promise]).finally(() => clearTimeout(timer))
}
