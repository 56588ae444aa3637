/**
 * workerd with D1 and KV simulated inside it, through wrangler's test harness: requests go straight to the worker, not
 * through the proxy of `wrangler dev`, which would cost more than the service does.
 */
import type { D1Database } from '@cloudflare/workers-types'
import { createTestHarness } from 'wrangler'
import { QUIET } from '../../src/commands/wrangler.ts'
import { openD1 } from '../../src/platform/d1.ts'
import { busiestChildCpuSeconds } from './cpu.ts'
import { CONFIG, type Target, toApp, VARIABLES } from './target.ts'

export interface WorkerdTarget extends Target {
  database: D1Database
}

export async function startWorkerd(): Promise<WorkerdTarget> {
  Object.assign(process.env, QUIET)
  const { MASTER_KEY, ADMIN_API_KEY, ...vars } = VARIABLES
  const harness = createTestHarness({
    workers: [{ configPath: 'wrangler.toml', vars, secrets: { MASTER_KEY, ADMIN_API_KEY } }],
  })
  const { url } = await harness.listen()
  const worker = harness.getWorker<{ DB: D1Database }>()
  await worker.applyD1Migrations('DB')
  const { DB } = await worker.getEnv()
  const ask: Target['fetch'] = async (path, init) => {
    const request = { ...init, redirect: 'manual' }
    return (await worker.fetch(CONFIG.PUBLIC_ORIGIN + path, request as never)) as unknown as Response
  }
  return {
    name: 'workerd',
    address: url.origin,
    fetch: ask,
    app: toApp(ask),
    db: openD1(DB),
    database: DB,
    log: () => harness.getLogs().map(({ message }) => message),
    cpuSeconds: () => busiestChildCpuSeconds(process.pid, 'workerd'),
    stop: () => harness.close(),
  }
}
