/** `npm test`: what is timed by the clock has the machine to itself, then comes everything else. */
import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const TIMED = ['test/timed/*.test.ts']
const ON_BOTH_STORES = ['test/on-*.ts']
const THE_REST = ['test/*.test.ts', 'test/{core,platform,deno,browser}/*.test.ts']

/** A file that hangs is given up, and named. */
const MOST_MS = 15 * 60_000

const cwd = fileURLToPath(new URL('..', import.meta.url))

/** Prints what it said once it is done, lest two that run side by side be read as one. */
async function run(atOnce: number, files: string[]): Promise<void> {
  const args = ['--import', 'tsx', '--test', `--test-concurrency=${atOnce}`, `--test-timeout=${MOST_MS}`, ...files]
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const said = await buffer(child.stdout)
  process.stdout.write(said)
  if ((await ended) !== 0) process.exitCode = 1
}

await run(1, TIMED)
// More than there are cores, because they also wait: for workerd, for browsers, for providers that are slow.
await Promise.all([run(2, ON_BOTH_STORES), run(2, THE_REST)])
