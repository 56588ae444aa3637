/** The ports. Everything the core may touch that is not plain computation passes through here. */
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Config } from './config.ts'
import type * as schema from './db/schema.ts'

/** What D1 and libSQL have in common. `transaction` is left out on purpose: D1 has none, `batch` is atomic on both. */
export type Db = Omit<BaseSQLiteDatabase<'async', unknown, typeof schema>, 'transaction'> &
  Pick<DrizzleD1Database<typeof schema>, 'batch'>

/** A cache that may be stale or forgetful. Nothing that must happen exactly once may live here. */
export interface Kv {
  get(key: string): Promise<string | null>
  put(key: string, value: string, ttlSeconds: number): Promise<void>
}

export interface Message {
  to: string
  channel: 'mail' | 'sms'
  subject: string
  text: string
  html?: string
  /** Addresses the message leads to; they carry their secret in the query parameter `token`. */
  links?: string[]
  /** The one-time code in the message, if it has one. */
  code?: string
}

/** argon2id; `hash` answers a PHC string. Memory in KiB. */
export interface Argon2 {
  hash(password: string, parameters: { memoryKib: number; passes: number; lanes: number }): string
  verify(phc: string, password: string): boolean
}

/** Events and causes are written as one JSON line each; `fields` must be ids, codes and numbers, never secrets. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', event: string, fields?: Record<string, unknown>) => void

/** Something that happened, for statistics: nothing in it says who it was. */
export interface Metric {
  name: 'login' | 'refresh' | 'throttled' | 'delivery' | 'provider'
  /** `ok`, or a word for what went wrong. */
  result: string
  /** How somebody logs in, or by what channel a message goes. */
  method?: string
  tenantId?: string | null | undefined
}

/** What the core may know of the request it works for. */
export interface Trace {
  requestId: string
  /** The client's address, or `unknown`. */
  address: string
  userAgent: string
}

/** Made once per process. */
export interface Ports {
  config: Config
  db: Db
  kv: Kv
  /** Delivers one message to one person; `headers` go with it where that is a request. */
  deliver(message: Message, headers?: Record<string, string>): Promise<void>
  /** Every call to another service goes through this. */
  fetch: typeof fetch
  /** The addresses that a host's name stands for, where the runtime can tell. */
  resolve?(hostname: string): Promise<string[]>
  now(): Date
  /** Work that may finish after the response: cache writes, mail. */
  defer(work: Promise<unknown>): void
  argon2(): Promise<Argon2>
  /** A file of the documentation page. */
  asset(name: string): Promise<Response>
  log: Log
  /** Never waits, never fails. */
  count(metric: Metric): void
  /** The socket's peer, where the runtime knows it. */
  peerAddress(env: unknown): string | undefined
}

/** The ports, and the request they are used for. */
export interface Deps extends Ports {
  trace: Trace
  /** What begins when the answer is on its way, each once. */
  afterwards: Set<(ports: Ports) => Promise<unknown>>
}
