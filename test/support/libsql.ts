/** The service in this process, over a libSQL file of its own, with a clock that can be moved. */
import type { Client, InStatement } from '@libsql/client'
import { createApp, upkeep } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import type { Kv, Ports } from '../../src/deps.ts'
import { createDelivery } from '../../src/platform/delivery.ts'
import { libsqlPorts } from '../../src/platform/libsql.ts'
import { createLog } from '../../src/platform/logger.ts'
import { countInLog } from '../../src/platform/metrics.ts'
import { freshDatabase } from './folder.ts'
import { nativeArgon2 } from './native-argon2.ts'
import type { Service, Traffic } from './service.ts'
import { SECRETS, VARIABLES } from './variables.ts'

export async function startOnLibsql(
  variables: Record<string, string> = {},
  url = variables['LIBSQL_URL'] ?? freshDatabase(),
): Promise<Service & { ports: Ports }> {
  const config = parseConfig({ ...VARIABLES, ...SECRETS, ...variables })
  const lines: string[] = []
  const log = createLog(config, (line) => lines.push(line))
  const deferred = new Set<Promise<unknown>>()
  let ahead = 0

  const stores = await libsqlPorts({ url })
  const { $client } = stores.db as unknown as { $client: Client }
  const execute = $client.execute.bind($client)
  const traffic = watch($client)

  const kv: Kv = {
    ...stores.kv,
    get(key) {
      traffic.cacheReads++
      return stores.kv.get(key)
    },
  }

  const outside = {
    ...stores,
    kv,
    argon2: async () => nativeArgon2,
    config,
    fetch,
    log,
    count: countInLog(log),
    now: () => new Date(Date.now() + ahead),
  }
  const ports: Ports = {
    ...outside,
    deliver: createDelivery(outside),
    defer(work) {
      const kept = work.finally(() => deferred.delete(kept))
      deferred.add(kept)
    },
    peerAddress: (env) => (env as { from: string }).from,
  }
  const app = createApp(ports)

  return {
    store: 'libsql',
    origin: config.PUBLIC_ORIGIN,
    ports,
    traffic,
    async fetch(path, init, from) {
      const response = await app.request(new URL(path, config.PUBLIC_ORIGIN), init, { from })
      await Promise.all(deferred)
      return response
    },
    async rows(sql, ...args) {
      const { columns, rows } = await execute({ sql, args })
      return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
    },
    log: () => lines,
    now: ports.now,
    stop: async () => $client.close(),
    async upkeep() {
      const before = new Set(traffic.statements)
      await upkeep(ports)
      traffic.statements = before
    },
    async wait(seconds) {
      ahead += seconds * 1000
    },
  }
}

/** Counts what goes to the store from here on: on D1 each `execute` and each `batch` is one trip over the network. */
function watch(client: Client): Traffic {
  const traffic: Traffic = { trips: 0, cacheReads: 0, statements: new Set() }
  const note = (statement: InStatement | [string, unknown?] | string) => {
    const sql = Array.isArray(statement) ? statement[0] : typeof statement === 'string' ? statement : statement.sql
    traffic.statements.add(sql)
  }
  const { execute, batch } = client
  client.execute = (statement: InStatement) => {
    traffic.trips++
    note(statement)
    return execute.call(client, statement as string)
  }
  client.batch = (statements, mode) => {
    traffic.trips++
    for (const statement of statements) note(statement)
    return batch.call(client, statements, mode)
  }
  return traffic
}
