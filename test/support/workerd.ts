/** The service as it is deployed: the bundle that wrangler makes, in workerd, over D1 and KV. One for all test files. */
import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'
import { QUIET } from '../../src/commands/wrangler.ts'
import { AGEING } from './ageing.ts'
import { bundle } from './bundle.ts'
import type { Query } from './d1-worker.ts'
import type { Row, Service } from './service.ts'
import { ORIGIN, SECRETS, VARIABLES } from './variables.ts'

Object.assign(process.env, QUIET)

const ROOT = new URL('../..', import.meta.url)
/** Over the same database: without an id it is known by the name of its binding. */
const D1_WORKER = {
  name: 'd1',
  main: 'test/support/d1-worker.ts',
  compatibility_date: '2026-10-20',
  d1_databases: [{ binding: 'DB', database_name: 'gatehouse' }],
}

let bundled: Promise<string> | undefined
let shared: Promise<Service> | undefined

export function startOnWorkerd(variables?: Record<string, string>): Promise<Service> {
  if (variables) return start(variables)
  return (shared ??= start({}))
}

async function start(variables: Record<string, string>): Promise<Service> {
  const prebuiltWorkerDir = await (bundled ??= bundle())
  const vars = { ...VARIABLES, ...variables }
  const harness = createTestHarness({
    root: fileURLToPath(ROOT),
    workers: [{ configPath: 'wrangler.toml', prebuiltWorkerDir, secrets: SECRETS, vars }, { config: D1_WORKER }],
  })
  await harness.listen()
  const worker = harness.getWorker('gatehouse')
  await worker.applyD1Migrations('DB')
  const database = harness.getWorker('d1')

  async function query(...queries: Query[]): Promise<Row[][]> {
    const response = await database.fetch(ORIGIN, { method: 'POST', body: JSON.stringify(queries) })
    if (!response.ok) throw new Error(await response.text())
    return (await response.json()) as Row[][]
  }

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
    rows: async (sql, ...values) => (await query([sql, values]))[0] ?? [],
    log: () => harness.getLogs().map(({ message }) => message),
    now: () => new Date(),
    stop: () => harness.close(),
    upkeep: async () => void (await worker.scheduled({ cron: '17 * * * *' })),
    async wait(seconds, ids) {
      const belonging = JSON.stringify([...ids])
      await query(...AGEING.map((sql): Query => [sql, [seconds * 1000, belonging]]))
    },
  }
}
