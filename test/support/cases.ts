/** Every black-box case in this process, on one store; or of the files every second one, where PART is `1/2`. */
import { globSync } from 'node:fs'
import { describe } from 'node:test'
import { fileURLToPath } from 'node:url'
// In the context of the whole run, so that the services stop after all files and not after the first.
import './app.ts'
import { STORE } from './service.ts'

const TEST = fileURLToPath(new URL('..', import.meta.url))

/** They look back at everything that the others did. */
const LAST = ['whole/query-plans.test.ts', 'whole/secrets.test.ts']

const [part = 1, parts = 1] = (process.env['PART'] ?? '1/1').split('/').map(Number)
const files = globSync(['api/**/*.test.ts', 'whole/*.test.ts'], { cwd: TEST })
  .filter((file) => !LAST.includes(file))
  .sort()
  .filter((_, index) => index % parts === part - 1)

describe(`on ${STORE}`, async () => {
  for (const file of [...files, ...LAST]) await describeFile(file)
})

/** A suite of its own for each file, so that its hooks are its own. */
function describeFile(file: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  describe(file, async () => {
    await import(`../${file}`).then(() => resolve(), reject)
  })
  return promise
}
