/**
 * The Worker as it is deployed, in workerd over D1 and KV on disk. It runs in a group of processes of its own, which can be
 * killed as a whole, as on Workers a machine is lost, and started again over what is on disk.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { V4MiniflareOptions } from 'miniflare'
import { QUIET, runWrangler } from '../../src/commands/wrangler.ts'
import { ADDRESS_HEADER, askOverHttp } from './over-http.ts'
import { copyProject } from './project.ts'
import { rowsIn } from './rows-in.ts'
import type { Killable } from './service.ts'
import { ORIGIN, SECRETS, VARIABLES } from './variables.ts'
import type { Order } from './workerd-process.ts'

const PROGRAM = fileURLToPath(new URL('workerd-process.ts', import.meta.url))
const START_MS = 60_000

export async function startKillableWorkerd(): Promise<Killable> {
  const project = copyProject()
  const lines: string[] = []
  let child: ChildProcess | undefined
  let address = ''

  /** The process comes first: it sees to it that nothing is left of the folder when this one is killed. */
  async function start(order: Promise<Order> | Order) {
    child = fork(PROGRAM, {
      cwd: project.file(''),
      detached: true,
      // Where Miniflare keeps what it would tidy away in the end, which here never comes.
      env: { ...process.env, ...QUIET, TMPDIR: project.file('') },
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface(stream).on('line', (line) => lines.push(line))
    child.on('error', (error) => lines.push(String(error)))
    const ended = once(child, 'exit').then(() => [undefined])
    child.send(await order)
    const late = sleep(START_MS, [undefined], { ref: false })
    ;[address] = await Promise.race([once(child, 'message'), ended, late])
    if (!address) throw new Error(`workerd did not start:\n${lines.slice(-20).join('\n')}`)
    if (project.processes().length < 2) throw new Error('workerd is not where it would be killed.')
  }

  async function kill() {
    if (child?.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
    // What is dead keeps its id until somebody asks after it, but works nowhere.
    while (project.processes().length > 0) await sleep(10)
    child = undefined
  }

  async function stop() {
    await kill()
    await project.remove()
  }

  try {
    const whole = toOptions(project.file)
    await start(whole.then((options) => ({ options, migrations: readMigrations(project.file('drizzle')) })))
    const [database = ''] = globSync(project.file('state/d1/*/*.sqlite')).filter((file) => !isMetadata(file))
    return {
      store: 'workerd',
      origin: ORIGIN,
      fetch: (path, init, from) => askOverHttp(address, path, init, from),
      rows: (sql, ...values) => rowsIn(`file:${database}`, sql, values),
      log: () => lines,
      now: () => new Date(),
      stop,
      kill,
      revive: () => start(whole.then((options) => ({ options, migrations: [] }))),
      upkeep: () => Promise.reject(new Error('nobody asks for upkeep here')),
      wait: () => Promise.reject(new Error('the clock of workerd cannot be moved')),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const isMetadata = (file: string) => basename(file) === 'metadata.sqlite'

/** wrangler.toml in the words of the simulator, and the bundle that would be deployed. */
async function toOptions(file: (name: string) => string): Promise<V4MiniflareOptions> {
  Object.assign(process.env, QUIET)
  const [{ succeeded, output }, { unstable_getMiniflareWorkerOptions: readOptions }] = await Promise.all([
    runWrangler('deploy', '--dry-run', '--outdir', file('bundle'), '--cwd', file('')),
    import('wrangler'),
  ])
  if (!succeeded) throw new Error(`The Worker could not be bundled.\n${output}`)
  const { workerOptions } = readOptions(file('wrangler.toml'))
  return {
    ...workerOptions,
    bindings: { ...VARIABLES, ...SECRETS, LOG_LEVEL: 'info', CLIENT_ADDRESS_HEADER: ADDRESS_HEADER },
    modules: [
      { type: 'ESModule', path: file('bundle/worker.js') },
      ...globSync(file('bundle/*.wasm')).map((path) => ({ type: 'CompiledWasm' as const, path })),
    ],
    modulesRoot: file('bundle'),
    host: '127.0.0.1',
    port: 0,
    resourcePersistencePath: file('state'),
  } as V4MiniflareOptions
}

const readMigrations = (folder: string) =>
  globSync(`${folder}/*.sql`)
    .sort()
    .flatMap((file) => readFileSync(file, 'utf8').split('--> statement-breakpoint'))
