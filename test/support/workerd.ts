/** The service as it is deployed: the bundle that wrangler makes, in workerd, over D1 and KV. One for all test files. */
import { fileURLToPath } from 'node:url'
import type { D1Database } from '@cloudflare/workers-types'
import { createTestHarness } from 'wrangler'
import { QUIET } from '../../src/commands/wrangler.ts'
import { AGEING } from './ageing.ts'
import type { Row, Service, Value } from './service.ts'
import { ORIGIN, SECRETS, VARIABLES } from './variables.ts'

Object.assign(process.env, QUIET)

const ROOT = new URL('../..', import.meta.url)

let shared: Promise<Service> | undefined

export function startOnWorkerd(variables?: Record<string, string>): Promise<Service> {
  if (variables) return start(variables)
  return (shared ??= start({}))
}

async function start(variables: Record<string, string>): Promise<Service> {
  const vars = { ...VARIABLES, ...variables }
  // Bundled by the harness itself, which lets workerd read a body to its end that the service refused by its length.
  const harness = createTestHarness({
    root: fileURLToPath(ROOT),
    workers: [{ configPath: 'wrangler.toml', secrets: SECRETS, vars }],
  })
  await harness.listen()
  const worker = harness.getWorker<{ DB: D1Database }>()
  await worker.applyD1Migrations('DB')
  const { DB } = await worker.getEnv()

  return {
    store: 'workerd',
    origin: variables['PUBLIC_ORIGIN'] ?? ORIGIN,
    async fetch(path, init, from) {
      const headers = new Headers(init.headers)
      if (!headers.has('CF-Connecting-IP')) headers.set('CF-Connecting-IP', from)
      const url = new URL(path, ORIGIN)
      const request = { ...init, headers: Object.fromEntries(headers), redirect: 'manual' }
      return (await worker.fetch(url.href, request as never)) as unknown as Response
    },
    rows: async (sql, ...values) => (await bound(DB, sql, values).all<Row>()).results,
    log: () => harness.getLogs().map(({ message }) => message),
    now: () => new Date(),
    stop: () => harness.close(),
    upkeep: async () => void (await worker.scheduled({ cron: '17 * * * *' })),
    async wait(seconds, ids) {
      const belonging = `'${JSON.stringify([...ids]).replaceAll("'", "''")}'`
      const ageing = AGEING.map((sql) => sql.replaceAll('?1', `${seconds * 1000}`).replaceAll('?2', belonging))
      await DB.exec(ageing.join('\n'))
    },
  }
}

/** Each step is a way to workerd and back. */
function bound(db: D1Database, sql: string, values: Value[]) {
  const statement = db.prepare(sql)
  return values.length > 0 ? statement.bind(...values) : statement
}
