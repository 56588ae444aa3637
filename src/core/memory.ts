/**
 * Values this process remembers, kept apart by store, so that two apps in one process never share them.
 * Only values are kept, never promises: on Workers a request must not wait for the work of another.
 */
import type { Db, Ports } from '../deps.ts'

type Read = Pick<Ports, 'db' | 'now'>

export interface Remembered<D extends Read, T> {
  (deps: D): Promise<T>
  /** The next read loads again. */
  forget(deps: Read): void
  /** Milliseconds since the value in memory was loaded. */
  age(deps: Read): number
}

/** Loads at the first read and again after `ttlMs`. */
export function remember<D extends Read, T>(ttlMs: number, load: (deps: D) => Promise<T>): Remembered<D, T> {
  const values = new WeakMap<Db, { value: T; at: number }>()
  const read = async (deps: D): Promise<T> => {
    const now = deps.now().getTime()
    const known = values.get(deps.db)
    if (known && now - known.at < ttlMs) return known.value
    const value = await load(deps)
    values.set(deps.db, { value, at: now })
    return value
  }
  return Object.assign(read, {
    forget: (deps: Read) => void values.delete(deps.db),
    age: (deps: Read) => deps.now().getTime() - (values.get(deps.db)?.at ?? 0),
  })
}
