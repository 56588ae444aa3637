/** The Workers entry: requests, and the hourly upkeep. */
import { env, waitUntil } from 'cloudflare:workers'
import { createApp, upkeep } from './app.ts'
import { parseConfig } from './config.ts'
import { createDelivery } from './platform/delivery.ts'
import { createLog } from './platform/logger.ts'
import { countInDataset, countInLog } from './platform/metrics.ts'
import { type Bindings, workersPorts } from './platform/workers.ts'

const bindings = env as Bindings & Record<string, unknown>
const config = parseConfig(bindings)
const stores = workersPorts(bindings, config)

// biome-ignore lint/suspicious/noConsole: on Workers the console is the log
const log = createLog(config, (line) => console.log(line))

const outside = {
  ...stores,
  config: { ...config, CLIENT_ADDRESS_HEADER: config.CLIENT_ADDRESS_HEADER ?? 'CF-Connecting-IP' },
  fetch: (...request: Parameters<typeof fetch>) => fetch(...request),
  now: () => new Date(),
  log,
  count: bindings.METRICS ? countInDataset(bindings.METRICS, log) : countInLog(log),
}

const ports = {
  ...outside,
  deliver: createDelivery(outside, bindings.EMAIL),
  defer: (work: Promise<unknown>) =>
    waitUntil(work.catch((cause: unknown) => outside.log('error', 'deferred work failed', { cause }))),
  peerAddress: () => undefined,
}

const app = createApp(ports)

export default {
  fetch: (request: Request) => app.fetch(request),
  scheduled: () => upkeep(ports),
}
