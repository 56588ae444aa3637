/** Cloudflare Workers: D1 (or a remote libSQL), KV, static assets and the mail binding. */
import type { AnalyticsEngineDataset, D1Database, Fetcher, KVNamespace, SendEmail } from '@cloudflare/workers-types'
import { createClient } from '@libsql/client/web'
import Argon2Wasm from '@phi-ag/argon2'
import argon2Module from '@phi-ag/argon2/argon2.wasm'
import { drizzle } from 'drizzle-orm/libsql/web'
import type { Config } from '../config.ts'
import * as schema from '../db/schema.ts'
import type { Argon2, Db, Kv, Ports } from '../deps.ts'
import { toArgon2 } from './argon2.ts'
import { openD1 } from './d1.ts'
import { steadyClient } from './libsql-client.ts'

export interface Bindings {
  DB: D1Database
  CACHE: KVNamespace
  ASSETS: Fetcher
  EMAIL?: SendEmail
  METRICS?: AnalyticsEngineDataset
}

export function workersPorts(bindings: Bindings, config: Config): Pick<Ports, 'db' | 'kv' | 'argon2' | 'asset'> {
  let argon2: Argon2 | undefined
  return {
    db: config.LIBSQL_URL ? remoteLibsql(config.LIBSQL_URL, config.LIBSQL_AUTH_TOKEN) : openD1(bindings.DB),
    kv: workersKv(bindings.CACHE),
    argon2: async () => {
      argon2 ??= toArgon2(new Argon2Wasm(await WebAssembly.instantiate(argon2Module)))
      return argon2
    },
    asset: async (name) => (await bindings.ASSETS.fetch(`https://assets/${name}`)) as unknown as Response,
  }
}

function remoteLibsql(url: string, authToken: string | undefined): Db {
  return drizzle(steadyClient(createClient({ url, ...(authToken ? { authToken } : {}) })), {
    schema,
    casing: 'snake_case',
  }) as unknown as Db
}

/** KV keeps an entry for at least a minute. */
const workersKv = (namespace: KVNamespace): Kv => ({
  get: (key) => namespace.get(key),
  put: (key, value, ttlSeconds) => namespace.put(key, value, { expirationTtl: Math.max(60, ttlSeconds) }),
})
