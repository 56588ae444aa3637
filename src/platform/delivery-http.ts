/** A POST to a delivery service: bounded in time, no redirects, the answer read only for the reason of a refusal. */
import type { Failure } from './delivery.ts'

const ANSWER_LIMIT_BYTES = 16 * 1024

interface Request {
  url: string
  headers: Record<string, string>
  body: object | string
  /** Finds the service's own code for what went wrong in its answer. */
  errorCodeOf?: (answer: string) => string | undefined
}

/** Answers why it failed, or nothing. */
export type Post = (request: Request) => Promise<Failure | undefined>

export function createPost(fetch: typeof globalThis.fetch, timeoutMs: number): Post {
  return async ({ url, headers, body, errorCodeOf }) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      const { ok, status } = response
      const answer = ok || !errorCodeOf ? '' : await readUpTo(ANSWER_LIMIT_BYTES, response)
      await response.body?.cancel()
      if (ok) return undefined
      return { status, errorCode: errorCodeOf?.(answer), temporary: status === 429 || status >= 500 }
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError'
      return { errorCode: timedOut ? 'timeout' : 'unreachable', temporary: true }
    }
  }
}

/** What the body begins with; the rest is never fetched. */
async function readUpTo(limitBytes: number, response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let bytes = 0; reader && bytes < limitBytes; ) {
    const { value, done } = await reader.read()
    if (done) break
    bytes += value.byteLength
    text += decoder.decode(value, { stream: true })
  }
  reader?.releaseLock()
  return text
}
