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
  /** What is known, however old, while it cannot be loaded; undefined when nothing has been for a day. */
  last(deps: Read): T | undefined
  /** Milliseconds since the value in memory was loaded. */
  age(deps: Read): number
}

/**
 * Loads at the first read and again after `ttlMs`. What began to load before it was forgotten may be of before the change:
 * it is no more than a last resort, and never takes the place of what was loaded after.
 */
export function remember<D extends Read, T>(ttlMs: number, load: (deps: D) => Promise<T>): Remembered<D, T> {
  const values = new WeakMap<Db, { value: T; at: number; changes: number }>()
  /** How often it was forgotten. */
  const changes = new WeakMap<Db, number>()
  const changesOf = (deps: Read) => changes.get(deps.db) ?? 0
  const ageOf = (deps: Read) => deps.now().getTime() - (values.get(deps.db)?.at ?? 0)
  const read = async (deps: D): Promise<T> => {
    const known = values.get(deps.db)
    // A clock that was set back must not make what is known last longer.
    if (known?.changes === changesOf(deps) && Math.abs(ageOf(deps)) < ttlMs) return known.value
    const begun = { at: deps.now().getTime(), changes: changesOf(deps) }
    const value = await load(deps)
    if ((values.get(deps.db)?.changes ?? 0) <= begun.changes) values.set(deps.db, { value, ...begun })
    return value
  }
  return Object.assign(read, {
    forget(deps: Read) {
      changes.set(deps.db, changesOf(deps) + 1)
    },
    last: (deps: Read) => (Math.abs(ageOf(deps)) < LONGEST_OUTAGE_MS ? values.get(deps.db)?.value : undefined),
    age: ageOf,
  })
}

const LONGEST_OUTAGE_MS = 86_400_000

/** Goes on with what was known last while the store fails. */
export async function readOrLast<D extends Read & Pick<Ports, 'log'>, T>(
  deps: D,
  remembered: Remembered<D, T>,
): Promise<T> {
  try {
    return await remembered(deps)
  } catch (cause) {
    const known = remembered.last(deps)
    if (known === undefined) throw cause
    deps.log('warn', 'going on with what was known last', { cause })
    return known
  }
}
