/**
 * `npm run bench [-- --json] [--readme] [--on workerd,deno] [--users 100,1000000] [--seconds 3]`: how fast the routes are that
 * are asked most, and what they cost. The load comes from this machine too, so compare rows, not machines.
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { runCommand } from '../../src/commands/run-command.ts'
import { bundleSizes } from '../support/bundle.ts'
import { measure, WORKERS } from './load.ts'
import { type Report, type Result, toTable, writeReadme } from './report.ts'
import { makeScenarios } from './scenarios.ts'
import { type Demo, makeDemo, multiplyUsers } from './seed.ts'
import { measureStartUp } from './start-up.ts'
import type { Target } from './target.ts'
import { type Count, countOn } from './target-counted.ts'
import { startDeno } from './target-deno.ts'
import { startWorkerd, type WorkerdTarget } from './target-workerd.ts'

const STARTS: Record<string, () => Promise<Target | WorkerdTarget>> = { workerd: startWorkerd, deno: startDeno }
const WARM_UP_SECONDS = 0.5

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    on: { type: 'string', default: Object.keys(STARTS).join(',') },
    users: { type: 'string', default: '100,1000000' },
    seconds: { type: 'string', default: '3' },
  },
})

await runCommand(async () => {
  const results = new Map<string, Result>()
  for (const runtime of values.on.split(',')) await bench(runtime, results)
  const report: Report = {
    machine: `${availableParallelism()} × ${cpus()[0]?.model.trim()}`,
    results: [...results.values()],
    bundleKib: bundleSizes().reduce((sum, { kib }) => sum + kib, 0),
    startUpMs: await measureStartUp(),
  }
  if (values.readme) writeReadme(report)
  process.stdout.write(
    values.json ? `${JSON.stringify(report, null, 2)}\n` : `${report.machine}\n\n${toTable(report)}\n`,
  )
})

/** On one service: first with few users, then with more. */
async function bench(runtime: string, results: Map<string, Result>): Promise<void> {
  const start = STARTS[runtime]
  if (!start) throw new Error(`--on knows ${Object.keys(STARTS)}, not ${runtime}.`)
  const target = await start()
  try {
    const demo = await makeDemo(target)
    for (const users of values.users.split(',').map(Number)) {
      await multiplyUsers(target.db, users)
      const counts = 'database' in target ? await count(target, demo, users) : new Map<string, Count>()
      for (const scenario of await makeScenarios(target, demo, { users })) {
        const { route } = scenario
        await measure(scenario, WARM_UP_SECONDS, target.cpuSeconds)
        const load = await measure(scenario, Number(values.seconds), target.cpuSeconds)
        const result = results.get(`${route} ${users}`) ?? { route, users, loads: {} }
        const counted = counts.get(route)
        results.set(`${route} ${users}`, {
          ...result,
          loads: { ...result.loads, [target.name]: load },
          ...(counted && { count: counted }),
        })
      }
      process.stderr.write(`${target.name} with ${users} users: done\n`)
    }
  } finally {
    await target.stop()
  }
}

/** Each route once, when warm. */
async function count(target: WorkerdTarget, demo: Demo, users: number): Promise<Map<string, Count>> {
  const counted = await countOn(target)
  const counts = new Map<string, Count>()
  for (const { route, ask } of await makeScenarios(counted, demo, { users, codes: WORKERS })) {
    for (let warm = 0; warm < 2; warm++) await ask(0)
    counts.set(route, await counted.countOf(() => ask(0)))
  }
  return counts
}
