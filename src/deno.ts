/** The Deno entry: the same app over libSQL, listening on PORT. */
import { createApp, upkeep } from './app.ts'
import { type Config, parseConfig, VARIABLE_NAMES } from './config.ts'
import { createDelivery } from './platform/delivery.ts'
import { libsqlPorts } from './platform/libsql.ts'
import { createLog } from './platform/logger.ts'
import { countInLog } from './platform/metrics.ts'

const HOUR_MS = 3_600_000
const DEFAULT_DATABASE = 'file:.data/gatehouse.db'

const config = configure()
if (!config.LIBSQL_URL) await Deno.mkdir('.data', { recursive: true })
const stores = await libsqlPorts({ url: config.LIBSQL_URL ?? DEFAULT_DATABASE, authToken: config.LIBSQL_AUTH_TOKEN })

// biome-ignore lint/suspicious/noConsole: standard output is the log
const log = createLog(config, (line) => console.log(line))

const outside = {
  ...stores,
  config,
  fetch,
  now: () => new Date(),
  log,
  count: countInLog(log),
}

/** What goes on after its response; a stop waits for it. */
const deferred = new Set<Promise<unknown>>()

const ports = {
  ...outside,
  deliver: createDelivery(outside),
  defer(work: Promise<unknown>) {
    const kept: Promise<unknown> = work
      .catch((cause: unknown) => outside.log('error', 'deferred work failed', { cause }))
      .finally(() => deferred.delete(kept))
    deferred.add(kept)
  },
  peerAddress: (env: unknown) => (env as { remoteAddr: Deno.NetAddr }).remoteAddr.hostname,
}

const app = createApp(ports)
const tend = () => ports.defer(upkeep(ports))

tend()
Deno.unrefTimer(setInterval(tend, HOUR_MS))

/** In development only this machine is served: the outbox shows every mail to whoever asks. */
const hostname = config.development ? '127.0.0.1' : '0.0.0.0'
const port = Number(Deno.env.get('PORT') ?? 8787)
const server = Deno.serve({ hostname, port, onListen: () => {} }, (request, { remoteAddr }) =>
  app.fetch(request, { remoteAddr }),
)

for (const signal of ['SIGINT', 'SIGTERM'] as const) Deno.addSignalListener(signal, stop)

async function stop() {
  await server.shutdown()
  await Promise.all(deferred)
  Deno.exit(0)
}

/** A bad variable ends the start with its sentence alone. */
function configure(): Config {
  try {
    return parseConfig(Object.fromEntries(VARIABLE_NAMES.map((name) => [name, Deno.env.get(name)])))
  } catch (error) {
    // biome-ignore lint/suspicious/noConsole: there is no log yet
    console.error((error as Error).message)
    Deno.exit(1)
  }
}
