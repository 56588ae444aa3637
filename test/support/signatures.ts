/** An application that signs its requests, written a second time and against node:crypto. */
import assert from 'node:assert/strict'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { App } from './ask.ts'
import { ORIGIN } from './variables.ts'

export interface Application {
  id: string
  clientId: string
  clientSecret: string
  /** Where the service is reached; the tests' usual origin where it is left out. */
  origin?: string
}

const hostOf = ({ origin = ORIGIN }: Application) => new URL(origin).host
const unix = (app: App) => Math.floor(app.now().getTime() / 1000)

export const STAMP = 'X-IAMPASS-Authentiaction-Timestamp'
export const VERSION = 'X-IAMPASS-Authentiaction-Version'

interface Version1 {
  secret?: string
  clientId?: string
  nonce?: string
  timestamp?: string
  address?: string
}

export function headersV1(app: App, application: Application, target: string, changes: Version1 = {}) {
  const {
    secret = application.clientSecret,
    clientId = application.clientId,
    nonce = randomBytes(8).readBigUInt64BE().toString(),
    timestamp = String(unix(app)),
    address = `${hostOf(application)}${target}`,
  } = changes
  const key = createHash('sha256')
    .update(nonce + secret)
    .digest()
    .subarray(0, 16)
  const mac = createHmac('sha256', key)
    .update(nonce + address + timestamp)
    .digest()
    .subarray(0, 16)
  return {
    Authentication: `hmac ${clientId}:${nonce}:${mac.toString('base64')}`,
    [STAMP]: timestamp,
    [VERSION]: '1',
  }
}

interface Version2 {
  secret?: string
  /** The parameters, as they are written. */
  parameters?: Record<string, string | number | undefined>
  covered?: string[]
  contentType?: string
  digest?: string
}

export function headersV2(
  app: App,
  application: Application,
  method: string,
  target: string,
  body?: string,
  changes: Version2 = {},
): Record<string, string> {
  const { secret = application.clientSecret, contentType = 'application/json' } = changes
  const digest =
    changes.digest ??
    `sha-256=:${createHash('sha256')
      .update(body ?? '')
      .digest('base64')}:`
  const [path = '', query] = target.split(/\?(.*)/s)
  const values: Record<string, string> = {
    '@method': method,
    '@authority': hostOf(application),
    '@path': path,
    '@query': `?${query ?? ''}`,
    ...(body !== undefined && { 'content-digest': digest, 'content-type': contentType }),
  }
  const covered = changes.covered ?? Object.keys(values)
  const created = unix(app)
  const parameters = {
    created,
    expires: created + 60,
    nonce: randomBytes(12).toString('base64url'),
    keyid: application.clientId,
    tag: 'iampass-mgmt',
    ...changes.parameters,
  }
  const written = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `;${name}=${typeof value === 'number' ? value : JSON.stringify(value)}`)
  const input = `(${covered.map((name) => `"${name}"`).join(' ')})${written.join('')}`
  const base = [...covered.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${input}`].join('\n')
  const mac = createHmac('sha256', secret).update(base).digest('base64')
  return {
    'Signature-Input': `sig1=${input}`,
    Signature: `sig1=:${mac}:`,
    ...(body !== undefined && { 'Content-Digest': digest, 'Content-Type': contentType }),
  }
}

/** Asks as the application. With a body by version 2, which covers it; else by version 1. */
export function ask<Body = Record<string, unknown>>(
  app: App,
  application: Application,
  method: string,
  target: string,
  body?: unknown,
) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const headers =
    text === undefined
      ? headersV1(app, application, target)
      : headersV2(app, application, method, target, text as string)
  return app.request<Body>(method, target, { headers, body: text })
}

/** What the door does with a request; `where` gives the service and the address that is asked for by default. */
export function through(where: () => { app: App; target: string }) {
  return {
    /** Why it is refused. */
    async reasonFor(headers: Record<string, string>, path = where().target, method = 'GET', body?: string) {
      const answer = await where().app.request<{ status: false; reason: string }>(method, path, { headers, body })
      assert.equal(answer.status, 401, answer.text)
      assert.equal(answer.body.status, false)
      return answer.body.reason
    },
    /** Behind the door the user is looked for, and not found. */
    async letsIn(headers: Record<string, string>, path = where().target) {
      const { status, text } = await where().app.get(path, headers)
      assert.equal(status, 404, text)
    },
  }
}
