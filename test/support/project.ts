/** A copy of this project, so that a command under test finds its own `.dev.vars` and its own data, and not the developer's. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const FILES = [
  'assets',
  'drizzle',
  'src',
  'deno.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'wrangler.toml',
]
const VARIABLES = ['PORT', 'PUBLIC_ORIGIN', 'MASTER_KEY', 'ADMIN_API_KEY', 'LIBSQL_URL', 'DELIVERY']

/** A command asks its children nicely for five seconds. */
const STOPPING_MS = 8_000

export interface Command {
  /** Everything on standard output and standard error so far. */
  output(): string
  /** Resolves when the output matches; rejects when the command ends before. */
  until(pattern: RegExp): Promise<void>
  /** The exit code. */
  ended: Promise<number | null>
  /** To the process that was started, not to its children. */
  kill(signal: NodeJS.Signals): void
}

export function copyProject() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse-commands-')))
  for (const file of FILES) cpSync(join(PROJECT, file), join(folder, file), { recursive: true })
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  // Or else `prestart` might find the packages out of date, and install them anew through the link.
  utimesSync(join(folder, 'package-lock.json'), 0, 0)
  const commands: Command[] = []
  return {
    file: (name: string) => join(folder, name),
    /** Through npm, from another folder. */
    run(script: string, env: NodeJS.ProcessEnv = {}) {
      const command = start('npm', ['--prefix', folder, '--silent', 'run', script], { ...withoutSettings(), ...env })
      commands.push(command)
      return command
    },
    /** What works in the copy: process ids. */
    processes: () => processesIn(folder),
    /** With whatever a test that failed left running: its open pipes would keep the whole run from ending. */
    async remove() {
      for (const command of commands) command.kill('SIGTERM')
      await Promise.race([
        Promise.all(commands.map(({ ended }) => ended)),
        sleep(STOPPING_MS, undefined, { ref: false }),
      ])
      for (const pid of processesIn(folder)) process.kill(Number(pid), 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Nothing of the developer's own configuration. */
const withoutSettings = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !VARIABLES.includes(name) && !name.startsWith('npm_')),
  )

function start(program: string, args: string[], env: NodeJS.ProcessEnv): Command {
  const child = spawn(program, args, { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    output: () => output,
    ended,
    kill: (signal) => void child.kill(signal),
    async until(pattern) {
      const failed = ended.then(() => Promise.reject(new Error(`ended without ${pattern}:\n${output}`)))
      const told = new Promise<void>((resolve) => {
        const look = () => pattern.test(output) && resolve()
        child.stdout.on('data', look)
        look()
      })
      await Promise.race([told, failed])
    },
  }
}

function processesIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
      } catch {
        return false
      }
    })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
