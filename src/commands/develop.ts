/** A service on this machine: started, awaited, filled with the demo, explained, and stopped without a trace. */
import { setTimeout as sleep } from 'node:timers/promises'
import { adminApi } from './admin-api.ts'
import { demoGuide, seedDemo } from './demo.ts'
import { type DevVars, localAddress } from './dev-vars.ts'
import { type Program, startGroup } from './process-group.ts'
import { complain, say } from './run-command.ts'

const PATIENCE_MS = 60_000

interface Development {
  program: Program
  port: number
  vars: DevVars
  /** Where the data is kept, for people. */
  data: string
}

/** Returns after Ctrl-C or SIGTERM. Throws a sentence, and what the program said, when the service fails. */
export async function developService({ program, port, vars, data }: Development): Promise<void> {
  const said: string[] = []
  let ready = false
  const group = startGroup(program, (line, from) => {
    const logged = line.startsWith('{"at":')
    if (logged && (ready || line.includes('"level":"error"'))) say(line)
    else if (ready && from === 'stderr') complain(line)
    else said.push(line)
  })
  const asked = signalled()
  const ended = group.ended.then(() => {
    throw new Error(`The service ended by itself.\n${said.join('\n')}`)
  })
  const served = async () => {
    const address = localAddress(port)
    await untilHealthy(address)
    await requireReadableKeys(address, data)
    await seedDemo(adminApi(address, vars.ADMIN_API_KEY), vars)
    ready = true
    say(demoGuide(address, vars))
    await asked
  }
  try {
    await Promise.race([asked, ended, served()])
  } finally {
    await group.stop()
  }
}

function signalled(): Promise<unknown> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  return Promise.race(signals.map((name) => new Promise((resolve) => process.on(name, resolve))))
}

async function untilHealthy(address: string): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(25)) {
    const response = await fetch(`${address}/health`).catch(() => undefined)
    if (response?.ok) return
    if (response) throw new Error(`The service does not work: ${await response.text()}`)
  }
  throw new Error(`The service did not answer within ${PATIENCE_MS / 1000} seconds.`)
}

/** Also makes the first signing key, so that the first login does not have to. */
async function requireReadableKeys(address: string, data: string): Promise<void> {
  const { ok } = await fetch(`${address}/.well-known/jwks.json`)
  if (!ok)
    throw new Error(`The data in ${data} does not open: put back the MASTER_KEY that sealed it, or remove the data.`)
}
