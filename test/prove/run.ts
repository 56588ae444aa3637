/**
 * `npm run prove [-- --ways 500] [--only NAME] [--on workerd,libsql] [--processes 3]`: whatever works once is used so many
 * times at the same moment, on workerd with D1 and on libSQL by several processes over one file. Fails if it ever works
 * twice, or not at all, or if anybody is answered with a failure of ours.
 */
import { parseArgs } from 'node:util'
import { complain, runCommand, say } from '../../src/commands/run-command.ts'
import { askThrough } from '../support/ask.ts'
import { startProcesses } from '../support/processes.ts'
import type { Service } from '../support/service.ts'
import { type Outcome, run } from './race.ts'
import { THINGS } from './things.ts'

const { values } = parseArgs({
  options: {
    ways: { type: 'string', default: '500' },
    only: { type: 'string', default: '' },
    on: { type: 'string', default: 'workerd,libsql' },
    processes: { type: 'string', default: '3' },
  },
})

const STORES: Record<string, () => Promise<Service>> = {
  workerd: async () => (await import('../support/workerd.ts')).startOnWorkerd({}),
  libsql: () => startProcesses(numberOf('processes')),
}

const COLUMNS = ['thing', 'store', 'ways', 'winners', 'refused', 'ms', ''] as const
const WIDTHS = [32, 24, 5, 8, 22, 7, 0]

const cells = ({ thing, ways, winners, refused, ms, wrong }: Outcome, store: string) => {
  const statuses = Object.entries(refused).map(([status, times]) => `${times} × ${status}`)
  return [
    thing,
    store,
    ways,
    winners,
    statuses.join(', ') || 'none',
    ms,
    wrong === undefined ? 'ok' : `WRONG: ${wrong}`,
  ]
}

const print = (row: readonly (string | number)[]) =>
  say(
    row
      .map((cell, n) => String(cell).padEnd(WIDTHS[n] ?? 0))
      .join('  ')
      .trimEnd(),
  )

const notRun =
  (thing: string) =>
  (error: Error): Outcome => {
    complain(error.stack ?? error.message)
    return { thing, ways: 0, winners: 0, refused: {}, ms: 0, wrong: error.message.split('\n')[0] ?? '' }
  }

await runCommand(async () => {
  const things = THINGS.filter(({ name }) => name.includes(values.only))
  if (things.length === 0) throw new Error(`--only knows ${THINGS.map(({ name }) => name).join(', ')}.`)
  let wrong = 0
  print(COLUMNS)
  for (const store of values.on.split(',')) {
    const start = STORES[store]
    if (!start) throw new Error(`--on knows ${Object.keys(STORES).join(', ')}, not ${store}.`)
    const service = await start()
    const shown = store === 'libsql' ? `libsql, ${numberOf('processes')} processes` : 'D1 on workerd'
    try {
      for (const thing of things) {
        const outcome = await run(askThrough(service), thing, numberOf('ways')).catch(notRun(thing.name))
        if (outcome.wrong !== undefined) wrong++
        print(cells(outcome, shown))
      }
    } finally {
      await service.stop()
    }
  }
  if (wrong > 0) throw new Error(`${wrong} of them did not work exactly once.`)
  say('Each of them worked exactly once.')
})

function numberOf(name: 'ways' | 'processes'): number {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new Error(`--${name} takes a number from 1.`)
  return number
}
