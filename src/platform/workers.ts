/** Cloudflare Workers: D1 (or a remote libSQL), KV, static assets and the mail binding. */
import type { D1Database, Fetcher, KVNamespace, SendEmail } from '@cloudflare/workers-types'
import { createClient } from '@libsql/client/web'
import Argon2Wasm from '@phi-ag/argon2'
import argon2Module from '@phi-ag/argon2/argon2.wasm'
import { drizzle as drizzleD1 } from 'drizzle-orm/d1'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql/web'
import type { Config } from '../config.ts'
import * as schema from '../db/schema.ts'
import type { Argon2, Db, Kv, Ports } from '../deps.ts'
import { toArgon2 } from './argon2.ts'

export interface Bindings {
  DB: D1Database
  CACHE: KVNamespace
  ASSETS: Fetcher
  EMAIL?: SendEmail
}

const options = { schema, casing: 'snake_case' } as const

export function workersPorts(bindings: Bindings, config: Config): Pick<Ports, 'db' | 'kv' | 'argon2' | 'asset'> {
  let argon2: Promise<Argon2> | undefined
  return {
    db: config.LIBSQL_URL ? remoteLibsql(config.LIBSQL_URL, config.LIBSQL_AUTH_TOKEN) : d1(bindings.DB),
    kv: workersKv(bindings.CACHE),
    argon2: () =>
      (argon2 ??= WebAssembly.instantiate(argon2Module).then((instance) => toArgon2(new Argon2Wasm(instance)))),
    asset: async (name) => (await bindings.ASSETS.fetch(`https://assets/${name}`)) as unknown as Response,
  }
}

const d1 = (database: D1Database): Db => drizzleD1(withDistinctColumns(database), options)

/**
 * D1 answers a batch with objects, in which the columns of a join that have one name (every `id`) would fall together.
 * Of a subquery SQLite gives each column a name of its own.
 */
function withDistinctColumns(database: D1Database): D1Database {
  const prepare = (sql: string) => database.prepare(/^select [^]* join /.test(sql) ? `select * from (${sql})` : sql)
  return Object.assign(Object.create(database), { prepare, batch: database.batch.bind(database) })
}

function remoteLibsql(url: string, authToken: string | undefined): Db {
  return drizzleLibsql(createClient({ url, ...(authToken ? { authToken } : {}) }), options) as unknown as Db
}

/** KV keeps an entry for at least a minute. */
const workersKv = (namespace: KVNamespace): Kv => ({
  get: (key) => namespace.get(key),
  put: (key, value, ttlSeconds) => namespace.put(key, value, { expirationTtl: Math.max(60, ttlSeconds) }),
})
