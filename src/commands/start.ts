/** `npm start`: the service as on Workers, over a local D1 and KV, with a demo in it. */
import { type Config, parseConfig } from '../config.ts'
import { chosenPort, completeDevVars, originAt } from './dev-vars.ts'
import { developService } from './develop.ts'
import { requireFreePort } from './free-port.ts'
import { migrateLocalD1 } from './local-d1.ts'
import { runCommand } from './run-command.ts'
import { wranglerDev } from './wrangler.ts'

await runCommand(async () => {
  const port = chosenPort()
  const vars = await completeDevVars()
  const origin = originAt(port, vars)
  const config = parseConfig({ ...vars, PUBLIC_ORIGIN: origin })
  await requireFreePort(port)
  await migrate(config)
  await developService({
    program: wranglerDev(port, origin),
    port,
    vars,
    data: config.LIBSQL_URL ?? '.wrangler/state',
  })
})

async function migrate({ LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken }: Config): Promise<void> {
  if (!url) return migrateLocalD1()
  if (url.startsWith('file:'))
    throw new Error('LIBSQL_URL must be remote on Workers: only Deno (npm run start:deno) opens a file.')
  const { openLibsql } = await import('../platform/libsql.ts')
  await openLibsql({ url, authToken })
}
