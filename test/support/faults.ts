/** A service whose store, cache and clock fail when and how a test wishes. */
import { type Client, LibsqlError } from '@libsql/client'
import type { Kv } from '../../src/deps.ts'
import { type App, askThrough } from './app.ts'
import { startOnLibsql } from './libsql.ts'

/** Nothing was done; what was begun was rolled back; all was done, and the answer was lost. */
export type Failure = 'before' | 'during' | 'after'

/** Makes a batch fail at its end. */
const IMPOSSIBLE = 'select * from what_is_not_there'

export interface Faulty {
  app: App
  store: {
    /** From the trip after so many on. */
    fail(how: Failure, afterTrips?: number): void
    recover(): void
    /** Trips since `fail`. */
    trips(): number
  }
  kv: { put(changed: Partial<Kv>): void; recover(): void }
}

export async function startFaulty(variables: Record<string, string> = {}): Promise<Faulty> {
  const service = await startOnLibsql(variables)
  const { ports } = service
  // As the entries do: what fails behind an answer is logged.
  const defer = ports.defer.bind(ports)
  ports.defer = (work) => defer(work.catch((cause: unknown) => ports.log('error', 'deferred work failed', { cause })))

  const { $client: client } = ports.db as unknown as { $client: Client }
  const [execute, batch] = [client.execute.bind(client) as Client['execute'], client.batch.bind(client)]
  let failing: { how: Failure; afterTrips: number } | undefined
  let trips = 0

  async function pass<T>(work: () => Promise<T>, half: () => Promise<unknown>): Promise<T> {
    if (!failing || trips++ < failing.afterTrips) return work()
    const { how } = failing
    if (how === 'during') await half().catch(() => undefined)
    // It is no statement of ours, whose plan could be looked at.
    service.traffic?.statements.delete(IMPOSSIBLE)
    if (how === 'after') await work()
    throw new LibsqlError('The connection is lost', 'SERVER_ERROR')
  }
  client.execute = (statement: Parameters<typeof execute>[0]) =>
    pass(
      () => execute(statement),
      () => batch([statement, IMPOSSIBLE]),
    )
  client.batch = (statements) =>
    pass(
      () => batch(statements),
      () => batch([...statements, IMPOSSIBLE]),
    )

  const whole = { ...ports.kv }
  return {
    app: askThrough(service),
    store: {
      fail(how, afterTrips = 0) {
        failing = { how, afterTrips }
        trips = 0
      },
      recover: () => (failing = undefined),
      trips: () => trips,
    },
    kv: {
      put: (changed) => void Object.assign(ports.kv, changed),
      recover: () => void Object.assign(ports.kv, whole),
    },
  }
}
