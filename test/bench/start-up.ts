/** What a new isolate pays before its first answer: reading and running the modules of the bundle. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { QUIET } from '../../src/commands/wrangler.ts'
import { busiestChildCpuSeconds } from './cpu.ts'
import { VARIABLES } from './target.ts'

const ROUNDS = 3

/** CPU milliseconds of workerd up to the first answer, beyond those of a worker that does nothing; the least of some rounds. */
export async function measureStartUp(): Promise<number | undefined> {
  Object.assign(process.env, QUIET)
  const { MASTER_KEY, ADMIN_API_KEY, ...vars } = VARIABLES
  const ours = { configPath: 'wrangler.toml', vars, secrets: { MASTER_KEY, ADMIN_API_KEY } }
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
  try {
    writeFileSync(join(folder, 'empty.js'), 'export default { fetch: () => new Response() }\n')
    const configPath = join(folder, 'wrangler.toml')
    writeFileSync(configPath, 'name = "empty"\nmain = "empty.js"\ncompatibility_date = "2026-01-01"\n')
    const [full, empty] = [await leastCpuMs(ours), await leastCpuMs({ configPath })]
    return full === undefined || empty === undefined ? undefined : full - empty
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Worker = NonNullable<Parameters<typeof createTestHarness>[0]>['workers'][number]

async function leastCpuMs(worker: Worker): Promise<number | undefined> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const harness = createTestHarness({ workers: [worker] })
    await harness.listen()
    await harness.getWorker().fetch('http://localhost:8787/.well-known/nothing')
    const seconds = busiestChildCpuSeconds(process.pid, 'workerd')
    await harness.close()
    if (seconds === undefined) return undefined
    rounds.push(seconds * 1000)
  }
  return Math.min(...rounds)
}
