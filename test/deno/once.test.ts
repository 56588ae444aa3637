/** Several processes over one file, as they are deployed: what works once works once, whichever of them is asked. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { run } from '../prove/race.ts'
import { THINGS } from '../prove/things.ts'
import { type App, askThrough } from '../support/app.ts'
import { startProcesses } from '../support/processes.ts'

const WAYS = 24

describe(`of ${WAYS} uses at once, spread over two processes on one file, one wins`, () => {
  let app: App
  before(async () => {
    app = askThrough(await startProcesses(2))
  })
  after(() => app.stop())

  for (const thing of THINGS)
    test(thing.name, async () => {
      const { winners, wrong } = await run(app, thing, WAYS)
      assert.deepEqual([winners, wrong], [1, undefined])
    })
})
