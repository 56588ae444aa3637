/** `npm test`: what is timed by the clock has the machine to itself, then everything else, then what needs a browser. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PHASES = [
  ['test/commands/*.test.ts'],
  ['test/on-*.ts', 'test/*.test.ts', 'test/{core,platform,deno}/*.test.ts'],
  ['test/browser/*.test.ts'],
]

const cwd = fileURLToPath(new URL('..', import.meta.url))
for (const files of PHASES) {
  const run = ['--import', 'tsx', '--test', '--test-concurrency=2', ...files]
  if (spawnSync(process.execPath, run, { cwd, stdio: 'inherit' }).status !== 0) process.exitCode = 1
}
