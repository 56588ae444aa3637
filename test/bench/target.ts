/** A service to be measured, with its store open for whoever prepares the measurement. */
import { randomBytes } from 'node:crypto'
import { parseConfig } from '../../src/config.ts'
import type { Db } from '../../src/deps.ts'

export interface Target {
  name: string
  /** Where it is reached in an ordinary way. */
  address: string
  fetch(path: string, init?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Response>
  db: Db
  /** Warnings and errors so far. */
  log(): string[]
  /** What the process that runs the service has used; undefined where the system does not tell. */
  cpuSeconds(): number | undefined
  stop(): Promise<void>
}

const random = () => randomBytes(32).toString('base64url')

/** Quiet, because writing a line for each request is the work of the log. */
export const VARIABLES = {
  PUBLIC_ORIGIN: 'http://localhost:8787',
  MASTER_KEY: random(),
  ADMIN_API_KEY: random(),
  DELIVERY: 'outbox',
  LOG_LEVEL: 'warn',
}
export const CONFIG = parseConfig(VARIABLES)
