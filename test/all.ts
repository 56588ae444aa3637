/** `npm test`: what is timed by the clock has the machine to itself, then come the cases on both stores, then everything else. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How many files at once, and which. The cases on workerd wait more than they compute. */
const PHASES: [number, ...string[]][] = [
  [1, 'test/timed/*.test.ts'],
  [3, 'test/on-*.ts'],
  [2, 'test/*.test.ts', 'test/{core,platform,deno,browser}/*.test.ts'],
]

const cwd = fileURLToPath(new URL('..', import.meta.url))
for (const [atOnce, ...files] of PHASES) {
  const run = ['--import', 'tsx', '--test', `--test-concurrency=${atOnce}`, ...files]
  if (spawnSync(process.execPath, run, { cwd, stdio: 'inherit' }).status !== 0) process.exitCode = 1
}
