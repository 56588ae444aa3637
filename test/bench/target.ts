/** A service to be measured, with its store open for whoever prepares the measurement. */
import { randomBytes } from 'node:crypto'
import { parseConfig } from '../../src/config.ts'
import type { Db } from '../../src/deps.ts'
import type { App } from '../support/ask.ts'
import { askThrough } from '../support/ask.ts'
import type { Service } from '../support/service.ts'
import { SECRETS } from '../support/variables.ts'

export interface Target {
  name: string
  /** Where it is reached in an ordinary way. */
  address: string
  fetch(path: string, init?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Response>
  /** The same for preparations. */
  app: App
  db: Db
  /** Warnings and errors so far. */
  log(): string[]
  /** What the process that runs the service has used; undefined where the system does not tell. */
  cpuSeconds(): number | undefined
  stop(): Promise<void>
}

/** Quiet, because writing a line for each request is the work of the log. */
export const VARIABLES = {
  PUBLIC_ORIGIN: 'http://localhost:8787',
  MASTER_KEY: randomBytes(32).toString('base64url'),
  ADMIN_API_KEY: SECRETS.ADMIN_API_KEY,
  DELIVERY: 'outbox',
  LOG_LEVEL: 'warn',
}
export const CONFIG = parseConfig(VARIABLES)

export function toApp(fetch: Target['fetch']): App {
  const none = () => Promise.reject(new Error('A bench does not do this.'))
  return askThrough({
    store: 'workerd',
    origin: CONFIG.PUBLIC_ORIGIN,
    async fetch(path, init) {
      const { headers, body } = new Response(init.body as string | URLSearchParams)
      const text = init.body === undefined ? {} : { body: await new Response(body).text() }
      const all = { ...Object.fromEntries(headers), ...Object.fromEntries(new Headers(init.headers)) }
      return fetch(path, { method: init.method ?? 'GET', headers: all, ...text })
    },
    now: () => new Date(),
    log: () => [],
    rows: none,
    upkeep: none,
    wait: none,
    stop: none,
  } satisfies Service)
}

/** Anything but 200 ends the bench. With a body it is a POST. */
export async function expectOk<Answer>(
  target: Target,
  path: string,
  { body, headers }: { body?: object; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await target.fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (response.status !== 200)
    throw new Error(`${path} was answered with ${response.status}: ${text}\n${target.log().at(-1) ?? ''}`)
  return JSON.parse(text)
}
