/** Deno and Node: libSQL from a file or a URL, and a cache in this process. */
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createClient } from '@libsql/client'
import loadArgon2 from '@phi-ag/argon2/node'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import * as schema from '../db/schema.ts'
import type { Argon2, Db, Kv, Ports } from '../deps.ts'
import { toArgon2 } from './argon2.ts'
import { steadyClient } from './libsql-client.ts'

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
  const isFile = url.startsWith('file:')
  // What is set below is set for one connection; a second one would not wait for other processes. Calls are synchronous,
  // so that one is as fast as many.
  const client = createClient({ url, ...(authToken ? { authToken } : {}), ...(isFile ? { concurrency: 1 } : {}) })
  if (isFile) {
    await client.execute('PRAGMA busy_timeout = 5000')
    await besideOthers(() => client.execute('PRAGMA journal_mode = WAL'))
    await client.execute('PRAGMA synchronous = NORMAL')
  }
  await client.execute('PRAGMA foreign_keys = ON')
  const db = drizzle(steadyClient(client), { schema, casing: 'snake_case' })
  await besideOthers(() => migrate(db, { migrationsFolder: MIGRATIONS }))
  return db as unknown as Db
}

const ATTEMPTS = 5

/**
 * Of processes that start together one turns the file to WAL and makes the tables, for which nobody waits in line; the
 * others fail on it, and then find it done.
 */
async function besideOthers(work: () => Promise<unknown>, attempt = 1): Promise<void> {
  try {
    await work()
  } catch (cause) {
    if (attempt === ATTEMPTS) throw cause
    await sleep(attempt * 200)
    await besideOthers(work, attempt + 1)
  }
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
