/** What the tests ask of a running service, whichever store and runtime it stands on. */

export type Value = string | number | null
export type Row = Record<string, unknown>

export interface Service {
  store: 'libsql' | 'workerd'
  /** Where it says that it is. */
  origin: string
  /** `from` is the address that the request comes from. */
  fetch(path: string, init: RequestInit, from: string): Promise<Response>
  /** Reads or changes the store behind the service's back. */
  rows(sql: string, ...values: Value[]): Promise<Row[]>
  /** Every log line so far. */
  log(): string[]
  /** The service's own time. */
  now(): Date
  /** Runs the hourly upkeep. */
  upkeep(): Promise<void>
  /** Lets time pass for the rows that belong to one of `ids`; on libSQL the clock moves, for everything. */
  wait(seconds: number, ids: Iterable<string>): Promise<void>
  stop(): Promise<void>
  /** Every SQL statement that requests sent, and in how many round trips; libSQL only. */
  traffic?: Traffic
}

/** One whose processes can be killed, with SIGKILL, in the middle of whatever they do. */
export interface Killable extends Service {
  kill(): Promise<void>
  /** Starts those that do not run, over what they left behind. */
  revive(): Promise<void>
}

export interface Traffic {
  trips: number
  cacheReads: number
  statements: Set<string>
}

/** Which store this process tests; `npm test` starts one process for each. */
export const STORE: Service['store'] = process.env['STORE'] === 'workerd' ? 'workerd' : 'libsql'
