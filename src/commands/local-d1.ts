/** The D1 database of `wrangler dev`. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { runWrangler } from './wrangler.ts'

/** Beside the database, so that it goes when the database goes. */
const NOTE = '.wrangler/state/v3/d1/applied'

/** Wrangler alone takes seconds to find that nothing is to be applied, so what was applied is noted down. */
export async function migrateLocalD1(): Promise<void> {
  const migrations = (await readdir('drizzle'))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .join('\n')
  if ((await readFile(NOTE, 'utf8').catch(() => '')) === migrations) return
  const { succeeded, output } = await runWrangler('d1', 'migrations', 'apply', 'DB', '--local')
  if (!succeeded) throw new Error(`The migrations could not be applied to the local D1 database.\n${output}`)
  await writeFile(NOTE, migrations)
}
