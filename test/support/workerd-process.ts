/**
 * workerd over a folder, with the process that looks after it: told by message what to run, it answers with the address.
 * Once whoever started it is gone, however that came, so is everything here: the group and the folder it works in.
 */
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { V4MiniflareOptions } from 'miniflare'

export interface Order {
  options: V4MiniflareOptions
  /** Statements, for a store that is new. */
  migrations: string[]
}

/** The one that wrangler brings along, without wrangler, which takes longer to load than the rest to start. */
const wrangler = createRequire(import.meta.resolve('wrangler'))
const { Miniflare, convertV4MiniflareOptions }: typeof import('miniflare') = wrangler('miniflare')

process.on('disconnect', leave)
if (!process.connected) leave()

function leave() {
  // workerd may still be writing what it was asked to.
  rmSync(process.cwd(), { recursive: true, force: true, maxRetries: 10 })
  process.kill(-process.pid, 'SIGKILL')
}

const [{ options, migrations }] = (await once(process, 'message')) as [Order]
const miniflare = new Miniflare(convertV4MiniflareOptions(options))
const { href } = await miniflare.ready
if (migrations.length > 0) {
  const database = await miniflare.getD1Database('DB')
  await database.batch(migrations.map((statement) => database.prepare(statement)))
}
process.send?.(href)
