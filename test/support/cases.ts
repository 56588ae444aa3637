/** Runs every black-box case in this process on one store; the search for secrets comes last, when all are known. */
import { globSync } from 'node:fs'
import { describe } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Service } from './service.ts'

const TEST = fileURLToPath(new URL('..', import.meta.url))
const LAST = 'whole/secrets.test.ts'

export function runCases(store: Service['store']): void {
  process.env['STORE'] = store
  const files = globSync(['api/**/*.test.ts', 'whole/*.test.ts'], { cwd: TEST }).filter((file) => file !== LAST)
  describe(`on ${store}`, async () => {
    for (const file of [...files.sort(), LAST]) await import(`../${file}`)
  })
}
