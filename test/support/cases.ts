/** Every black-box case in this process, on one store. */
import { globSync } from 'node:fs'
import { describe } from 'node:test'
import { fileURLToPath } from 'node:url'
// In the context of the whole run, so that the services stop after all files and not after the first.
import './app.ts'
import { STORE } from './service.ts'

const TEST = fileURLToPath(new URL('..', import.meta.url))

/** They look back at everything that the others did. */
const LAST = ['whole/query-plans.test.ts', 'whole/secrets.test.ts']

const files = globSync(['api/**/*.test.ts', 'whole/*.test.ts'], { cwd: TEST }).filter((file) => !LAST.includes(file))

describe(`on ${STORE}`, async () => {
  for (const file of [...files.sort(), ...LAST]) await describeFile(file)
})

/** A suite of its own for each file, so that its hooks are its own. */
function describeFile(file: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  describe(file, async () => {
    await import(`../${file}`).then(() => resolve(), reject)
  })
  return promise
}
