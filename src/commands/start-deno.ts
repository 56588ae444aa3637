/** `npm run start:deno`: the service on Deno over a libSQL file, with a demo in it. The environment wins over `.dev.vars`. */
import { parseConfig } from '../config.ts'
import { denoServe } from './deno-serve.ts'
import { chosenPort, completeDevVars, originAt } from './dev-vars.ts'
import { developService } from './develop.ts'
import { requireFreePort } from './free-port.ts'
import { runCommand } from './run-command.ts'

await runCommand(async () => {
  const port = chosenPort()
  const vars = { ...(await completeDevVars()), ...process.env }
  const variables = { ...vars, PUBLIC_ORIGIN: originAt(port, vars) }
  const config = parseConfig(variables)
  await requireFreePort(port)
  await developService({
    program: denoServe({ ...variables, PORT: `${port}` }),
    port,
    vars,
    data: config.LIBSQL_URL ?? '.data',
  })
})
