/** The same D1 asked by the app in this process, which counts what goes to the store. Not for measuring time. */
import type { D1Database, D1PreparedStatement, D1Result } from '@cloudflare/workers-types'
import { createApp } from '../../src/app.ts'
import type { Kv, Ports } from '../../src/deps.ts'
import { openD1 } from '../../src/platform/d1.ts'
import { libsqlPorts } from '../../src/platform/libsql.ts'
import { CONFIG, type Target, toApp } from './target.ts'
import type { WorkerdTarget } from './target-workerd.ts'

export interface Count {
  /** Batches and single statements: each is a trip over the network. */
  trips: number
  rowsRead: number
  rowsWritten: number
  cacheReads: number
}

export interface CountedTarget extends Target {
  /** What one piece of work costs, with whatever it left for after the answer. */
  countOf(work: () => Promise<unknown>): Promise<Count>
}

export async function countOn({ database, db }: WorkerdTarget): Promise<CountedTarget> {
  const count: Count = { trips: 0, rowsRead: 0, rowsWritten: 0, cacheReads: 0 }
  const { kv, ...others } = await libsqlPorts({ url: ':memory:' })
  const counted: Kv = {
    ...kv,
    get(key) {
      count.cacheReads++
      return kv.get(key)
    },
  }
  let deferred: Promise<unknown>[] = []
  const ports: Ports = {
    ...others,
    db: openD1(countingD1(database, count)),
    kv: counted,
    config: CONFIG,
    fetch,
    now: () => new Date(),
    deliver: async () => undefined,
    defer: (work) => void deferred.push(work),
    log: () => undefined,
    count: () => undefined,
    peerAddress: () => '198.18.0.1',
  }
  const app = createApp(ports)
  const ask: Target['fetch'] = async (path, init) => app.request(new URL(path, CONFIG.PUBLIC_ORIGIN), init)
  return {
    name: 'counted',
    address: CONFIG.PUBLIC_ORIGIN,
    fetch: ask,
    app: toApp(ask),
    db,
    log: () => [],
    cpuSeconds: () => undefined,
    stop: async () => undefined,
    async countOf(work) {
      await Promise.all(deferred)
      deferred = []
      const before = { ...count }
      await work()
      await Promise.all(deferred)
      const difference = (name: keyof Count) => count[name] - before[name]
      return {
        trips: difference('trips'),
        rowsRead: difference('rowsRead'),
        rowsWritten: difference('rowsWritten'),
        cacheReads: difference('cacheReads'),
      }
    },
  }
}

function countingD1(database: D1Database, count: Count): D1Database {
  const add = ({ meta }: D1Result) => {
    count.rowsRead += meta.rows_read
    count.rowsWritten += meta.rows_written
  }
  const originals = new WeakMap<object, D1PreparedStatement>()
  const watch = (sql: string, statement: D1PreparedStatement): D1PreparedStatement => {
    const all = async () => {
      count.trips++
      const result = await statement.all()
      add(result)
      return result
    }
    const watched = {
      bind: (...values: unknown[]) => watch(sql, statement.bind(...values)),
      all,
      run: all,
      /** Its answer comes without figures. A change answers columns of one table; a query may be asked twice. */
      async raw() {
        const { results } = await all()
        return /^\s*\(?\s*select\b/i.test(sql) ? statement.raw() : results.map(Object.values)
      },
    } as unknown as D1PreparedStatement
    originals.set(watched, statement)
    return watched
  }
  return {
    prepare: (sql: string) => watch(sql, database.prepare(sql)),
    async batch(statements: D1PreparedStatement[]) {
      count.trips++
      const results = await database.batch(statements.map((statement) => originals.get(statement) ?? statement))
      for (const result of results) add(result)
      return results
    },
  } as unknown as D1Database
}
