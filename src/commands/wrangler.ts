/** Wrangler, without its telemetry, its look-ups and its questions. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Program } from './process-group.ts'

export const QUIET = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
  /** It would keep a copy of every request. */
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
  /** Loading wrangler is a third of a start. */
  NODE_COMPILE_CACHE: 'node_modules/.cache/node',
}

export function wrangler(...args: string[]): Program {
  const program = fileURLToPath(import.meta.resolve('wrangler'))
  return { command: process.execPath, args: ['--no-warnings', program, ...args], env: QUIET }
}

export function wranglerDev(port: number, origin: string): Program {
  const address = ['--local', '--port', `${port}`, '--inspector-port', '0', '--var', `PUBLIC_ORIGIN:${origin}`]
  /** With a way to run the upkeep by hand (`/__scheduled`), wrangler does not start a second esbuild to say that it has none. */
  return wrangler('dev', ...address, '--test-scheduled')
}

export interface Outcome {
  succeeded: boolean
  stdout: string
  /** Everything that it said. */
  output: string
}

/** Runs to the end, without a terminal. */
export async function runWrangler(...args: string[]): Promise<Outcome> {
  const { command, args: all, env } = wrangler(...args)
  const toOutcome =
    (succeeded: boolean) =>
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({
      succeeded,
      stdout,
      output: `${stdout}${stderr}`.trim(),
    })
  const run = promisify(execFile)(command, all, { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 })
  run.child.stdin?.end()
  return run.then(toOutcome(true), toOutcome(false))
}

/** The same, before the user's eyes. Throws when it fails. */
export async function showWrangler(...args: string[]): Promise<void> {
  const { command, args: all, env } = wrangler(...args)
  const child = spawn(command, all, { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`wrangler ${args.join(' ')} failed.`)
}
