/** Asking a service that runs, as whoever drives it does. */
import { setTimeout as sleep } from 'node:timers/promises'
import { registerSecretsIn } from './secrets.ts'
import type { Service } from './service.ts'
import { SECRETS } from './variables.ts'

export interface Answer<Body = unknown> {
  status: number
  headers: Headers
  /** Parsed where the answer is JSON. */
  body: Body
  text: string
}

export interface Sent {
  /** An object goes as JSON, a string as it is but called JSON, bytes and forms as they are. */
  body?: unknown
  headers?: Record<string, string>
  /** The address it comes from; else a fresh one, so that no test uses up another's attempts. */
  from?: string
}

export interface Message {
  to: string
  channel: 'mail' | 'sms'
  subject: string
  text: string
  links: string[]
  code: string | null
  createdAt: string
}

export type App = ReturnType<typeof askThrough>

/** What tests do with a service that runs. */
export function askThrough(service: Service) {
  const made = new Set<string>()

  async function request<Body = Record<string, unknown>>(
    method: string,
    path: string,
    { body, headers, from = freshAddress() }: Sent = {},
  ): Promise<Answer<Body>> {
    registerSecretsIn(headers)
    registerSecretsIn(body)
    registerSecretsIn(new URL(path, 'http://localhost').searchParams)
    const response = await service.fetch(path, { method, ...encode(body, headers) }, from)
    const text = await response.text()
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== ''
    const parsed = isJson ? JSON.parse(text) : undefined
    registerSecretsIn(parsed)
    if (response.status === 201 && typeof parsed?.id === 'string') made.add(parsed.id)
    return { status: response.status, headers: response.headers, body: parsed, text }
  }

  return {
    ...service,
    request,
    ...verbs(request),
    /** The same as the operator. */
    admin: verbs(request, { 'x-api-key': SECRETS.ADMIN_API_KEY }),
    /** On workerd only what this app made through the admin API grows older, and the attempt counters. */
    wait: (seconds: number) => service.wait(seconds, made),
    outbox: (to: string, atLeast = 1) => readOutbox(request, to, atLeast),
  }
}

type Request = <Body>(method: string, path: string, sent?: Sent) => Promise<Answer<Body>>

function verbs(request: Request, always: Record<string, string> = {}) {
  const bare =
    (method: string) =>
    <Body = Record<string, unknown>>(path: string, headers?: Record<string, string>) =>
      request<Body>(method, path, { headers: { ...always, ...headers } })
  const withBody =
    (method: string) =>
    <Body = Record<string, unknown>>(path: string, body?: unknown, headers?: Record<string, string>) =>
      request<Body>(method, path, { body, headers: { ...always, ...headers } })
  return {
    get: bare('GET'),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: withBody('PATCH'),
    delete: bare('DELETE'),
  }
}

function encode(body: unknown, given?: Record<string, string>): { body?: BodyInit; headers: Headers } {
  const headers = new Headers(given)
  if (body === undefined) return { headers }
  if (body instanceof Uint8Array || body instanceof FormData || body instanceof URLSearchParams)
    return { body: body as BodyInit, headers }
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return { body: typeof body === 'string' ? body : JSON.stringify(body), headers }
}

/** Newest first. Messages are sent after the answer, so they are waited for. */
async function readOutbox(request: Request, to: string, atLeast: number): Promise<Message[]> {
  const read = () => request<{ items: Message[] }>('GET', `/dev/outbox?to=${encodeURIComponent(to)}`)
  let { items } = (await read()).body
  for (let tries = 0; items.length < atLeast && tries < 30; tries++) {
    await sleep(100)
    items = (await read()).body.items
  }
  return items
}

let addresses = 0

/** In 198.18.0.0/15, which is set aside for tests (RFC 2544). */
export function freshAddress(): string {
  const n = ++addresses
  return `198.${18 + ((n >> 16) & 1)}.${(n >> 8) & 255}.${n & 255}`
}
