/** The one way to call an identity provider: bounded in time and size, never redirected, never into a private network. */
import { AuthorizationResponseError, ResponseBodyError } from 'oauth4webapi'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { mayCall } from './peer-address.ts'

/** For the whole exchange, the body included. */
const TIMEOUT_MS = 5_000
const LIMIT_BYTES = 256 * 1024

type Needed = Pick<Deps, 'config' | 'fetch' | 'resolve'>

/**
 * The answer with its body already read. Throws `provider_unavailable` when there is none in time, or one that says so
 * (5xx, 429), and `provider_failed` when the address is refused, or the answer is a redirect or too large.
 */
export async function fetchFromPeer(deps: Needed, url: string, init: RequestInit = {}): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await Promise.race([exchange(deps, url, { ...init, redirect: 'manual', signal }), rejectAt(signal)])
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('provider_unavailable', { cause })
  }
}

async function exchange(deps: Needed, url: string, init: RequestInit): Promise<Response> {
  if (!(await mayCall(deps, url))) throw refused('the address of the provider is not allowed')
  const response = await deps.fetch(url, init)
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
    await response.body?.cancel()
    throw refused('the provider answered with a redirect')
  }
  const { status, headers } = response
  const body = await readBody(response)
  if (status >= 500 || status === 429)
    throw new AppError('provider_unavailable', { cause: new Error(`HTTP ${status}`) })
  return new Response(status === 204 || status === 205 ? null : body, { status, headers })
}

async function readBody({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > LIMIT_BYTES) throw refused('the answer of the provider is too large')
    chunks.push(chunk)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** Not every runtime ends a body that is being read when its request is aborted. */
function rejectAt(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

/** Whatever goes wrong while an answer is taken apart is the answer's fault. Throws `provider_failed`. */
export async function orProviderFailed<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('provider_failed', { cause: reasonOf(cause) })
  }
}

/** For the log: the provider's own word for what went wrong, where it has one. */
export function reasonOf(cause: unknown): unknown {
  if (!(cause instanceof ResponseBodyError || cause instanceof AuthorizationResponseError)) return cause
  return new Error(`the provider answered: ${cause.error}`)
}

const refused = (reason: string) => new AppError('provider_failed', { cause: new Error(reason) })
