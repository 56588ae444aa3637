/** Deno and Node: libSQL from a file or a URL, and a cache in this process. */
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '@libsql/client'
import loadArgon2 from '@phi-ag/argon2/node'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import * as schema from '../db/schema.ts'
import type { Argon2, Db, Kv, Ports } from '../deps.ts'
import { toArgon2 } from './argon2.ts'

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url))
const ASSETS = fileURLToPath(new URL('../../assets', import.meta.url))

export interface Location {
  url: string
  authToken?: string | undefined
}

/** Opens the database, applies what migrations are missing, and adds what goes with it. */
export async function libsqlPorts(
  location: Location,
): Promise<Pick<Ports, 'db' | 'kv' | 'argon2' | 'asset' | 'resolve'>> {
  let argon2: Promise<Argon2> | undefined
  return {
    db: await openLibsql(location),
    kv: inProcessKv(),
    argon2: () => (argon2 ??= loadArgon2().then(toArgon2)),
    asset: readAsset,
    resolve: async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address),
  }
}

export async function openLibsql({ url, authToken }: Location): Promise<Db> {
  const client = createClient({ url, ...(authToken ? { authToken } : {}) })
  if (url.startsWith('file:')) {
    await client.execute('PRAGMA journal_mode = WAL')
    await client.execute('PRAGMA synchronous = NORMAL')
    await client.execute('PRAGMA busy_timeout = 5000')
  }
  await client.execute('PRAGMA foreign_keys = ON')
  const db = drizzle(writingBatches(client), { schema, casing: 'snake_case' })
  await migrate(db, { migrationsFolder: MIGRATIONS })
  return db as unknown as Db
}

/** A batch that starts as a read and then writes fails at once beside another process; one that starts as a write waits. */
function writingBatches(client: Client): Client {
  const batch = client.batch.bind(client)
  client.batch = (statements) => batch(statements, 'write')
  return client
}

/** Forgets the oldest entries beyond `most`. */
function inProcessKv(most = 50_000): Kv {
  const entries = new Map<string, { value: string; until: number }>()
  return {
    async get(key) {
      const entry = entries.get(key)
      if (!entry) return null
      if (entry.until > Date.now()) return entry.value
      entries.delete(key)
      return null
    },
    async put(key, value, ttlSeconds) {
      entries.delete(key)
      entries.set(key, { value, until: Date.now() + ttlSeconds * 1000 })
      if (entries.size > most) for (const oldest of entries.keys()) return void entries.delete(oldest)
    },
  }
}

const TYPES: Record<string, string> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }

async function readAsset(name: string): Promise<Response> {
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  return new Response(await readFile(join(ASSETS, name)), { headers: { 'content-type': type } })
}
