/**
 * `npm run bench [-- --json] [--on deno,workerd] [--users 100,100000] [--seconds 3]`: how fast the main routes are, and what
 * they cost. The load comes from this machine too, so compare the rows with each other, not with another machine's.
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { runCommand } from '../../src/commands/run-command.ts'
import { type Result, toTable } from './report.ts'
import { benchScenarios } from './scenarios.ts'
import { makeDemo, multiplyUsers } from './seed.ts'
import type { Target } from './target.ts'
import { startDeno } from './target-deno.ts'
import { startWorkerd } from './target-workerd.ts'

const STARTS: Record<string, () => Promise<Target>> = { deno: startDeno, workerd: startWorkerd }

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    on: { type: 'string', default: 'deno,workerd' },
    users: { type: 'string', default: '100,100000' },
    seconds: { type: 'string', default: '3' },
  },
})

await runCommand(async () => {
  const results: Result[] = []
  for (const runtime of values.on.split(',')) results.push(...(await bench(runtime)))
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim()}`
  process.stdout.write(
    values.json ? `${JSON.stringify({ machine, results }, null, 2)}\n` : `${machine}\n\n${toTable(results)}\n`,
  )
})

/** On one service: first with few users, then with more. */
async function bench(runtime: string): Promise<Result[]> {
  const start = STARTS[runtime]
  if (!start) throw new Error(`--on knows ${Object.keys(STARTS)}, not ${runtime}.`)
  const target = await start()
  try {
    const demo = await makeDemo(target)
    const results: Result[] = []
    for (const users of values.users.split(',').map(Number)) {
      await multiplyUsers(target.db, users)
      const measured = await benchScenarios(target, demo, { users, seconds: Number(values.seconds) })
      results.push(...measured.map((result) => ({ runtime: target.name, users, ...result })))
      process.stderr.write(`${target.name} with ${users} users: done\n`)
    }
    return results
  } finally {
    await target.stop()
  }
}
