/** The service as it is deployed: the bundle that wrangler makes, in workerd, over D1 and KV. One for all test files. */
import { fileURLToPath } from 'node:url'
import type { D1Database } from '@cloudflare/workers-types'
import { createTestHarness } from 'wrangler'
import { AGEING } from './ageing.ts'
import type { Service } from './service.ts'
import { ORIGIN, SECRETS, VARIABLES } from './variables.ts'

Object.assign(process.env, {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CI: '1',
})

let shared: Promise<Service> | undefined

export function startOnWorkerd(variables?: Record<string, string>): Promise<Service> {
  if (variables) return start(variables)
  return (shared ??= start({}))
}

async function start(variables: Record<string, string>): Promise<Service> {
  const harness = createTestHarness({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    workers: [{ configPath: 'wrangler.toml', secrets: SECRETS, vars: { ...VARIABLES, ...variables } }],
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
    rows: async (sql, ...values) =>
      (
        await DB.prepare(sql)
          .bind(...values)
          .all<Record<string, unknown>>()
      ).results,
    log: () => harness.getLogs().map(({ message }) => message),
    now: () => new Date(),
    stop: () => harness.close(),
    upkeep: async () => void (await worker.scheduled({ cron: '17 * * * *' })),
    async wait(seconds, ids) {
      const belonging = JSON.stringify([...ids])
      await DB.batch(AGEING.map((sql) => DB.prepare(sql).bind(seconds * 1000, belonging)))
    },
  }
}
