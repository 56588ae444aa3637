/**
 * Several servers over one libSQL file, as instances behind a load balancer: requests go round. They run on Deno as
 * `npm run start:deno` runs it, and can be killed and started again at the same address.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { denoServe } from '../../src/commands/deno-serve.ts'
import { freshDatabase } from './folder.ts'
import { ADDRESS_HEADER, askOverHttp } from './over-http.ts'
import { rowsIn } from './rows-in.ts'
import type { Killable } from './service.ts'
import { ORIGIN, SECRETS, VARIABLES } from './variables.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const START_MS = 60_000
const STOP_MS = 5_000

export async function startProcesses(count: number, variables: Record<string, string> = {}): Promise<Killable> {
  const url = freshDatabase()
  const ports = await freePorts(count)
  const lines: string[] = []
  const children = new Map<number, ChildProcess>()
  // Whatever becomes of this process, none of them is left behind.
  const killAll = () => {
    for (const child of children.values()) child.kill('SIGKILL')
  }
  process.on('exit', killAll)
  let turn = 0

  async function revive() {
    const idle = ports.filter((port) => !children.has(port))
    for (const port of idle) children.set(port, start(port, { ...variables, LIBSQL_URL: url }, lines))
    await Promise.all(idle.map((port) => healthy(port, children.get(port), lines))).catch((error: unknown) => {
      killAll()
      throw error
    })
  }

  async function end(signal: NodeJS.Signals) {
    const ending = [...children.values()].filter(({ exitCode, signalCode }) => exitCode === null && !signalCode)
    const gone = Promise.all(ending.map((child) => once(child, 'exit')))
    for (const child of ending) child.kill(signal)
    await Promise.race([gone, sleep(STOP_MS, undefined, { ref: false })])
    killAll()
    children.clear()
  }

  await revive()
  return {
    store: 'libsql',
    origin: ORIGIN,
    fetch: (path, init, from) => askOverHttp(`http://127.0.0.1:${ports[turn++ % ports.length]}`, path, init, from),
    rows: (sql, ...values) => rowsIn(url, sql, values),
    log: () => lines,
    now: () => new Date(),
    stop: async () => {
      await end('SIGTERM')
      process.off('exit', killAll)
    },
    kill: () => end('SIGKILL'),
    revive,
    upkeep: () => Promise.reject(new Error('upkeep runs by itself on Deno')),
    wait: () => Promise.reject(new Error('the clock of Deno cannot be moved')),
  }
}

function start(port: number, variables: Record<string, string>, lines: string[]): ChildProcess {
  const { command, args, env } = denoServe({
    HOME: process.env['HOME'],
    PATH: process.env['PATH'],
    ...VARIABLES,
    ...SECRETS,
    LOG_LEVEL: 'info',
    CLIENT_ADDRESS_HEADER: ADDRESS_HEADER,
    ...variables,
    PORT: String(port),
  })
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => lines.push(line))
  return child
}

async function healthy(port: number, child: ChildProcess | undefined, lines: string[]): Promise<void> {
  for (const until = Date.now() + START_MS; Date.now() < until && child?.exitCode === null; await sleep(50)) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined)
    if (answer?.status === 200) return
  }
  throw new Error(`a process did not start:\n${lines.slice(-20).join('\n')}`)
}

/** All held at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
