/** The last stop for anything thrown: one log line for us, one rendered error for the caller. */
import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import { AppError } from '../core/errors.ts'
import type { AppEnv } from './router.ts'

export type RenderError = (error: AppError, c: Context<AppEnv>) => Response | Promise<Response>

export const handleError =
  (render: RenderError): ErrorHandler<AppEnv> =>
  async (thrown, c) => {
    const error = toAppError(thrown)
    const { log } = c.var.deps
    const at = { requestId: c.var.requestId, method: c.req.method, errorCode: error.code }
    if (error.status >= 500) log('error', 'request failed', { ...at, cause: error.cause ?? error })
    else log('debug', 'request refused', { ...at, cause: error.cause })
    const response = await render(error, c)
    if (error.status === 503) response.headers.set('Retry-After', '5')
    if (error.retryAfterSeconds) response.headers.set('Retry-After', String(error.retryAfterSeconds))
    return response
  }

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
  instance: z.string(),
})

/**
 * RFC 9457, every member always there. A bad field is named by its path; a missing one by the path it should have, and so
 * is one too many.
 */
export const renderProblem: RenderError = (error, c) => {
  const issues = (error.issues ?? []).map(({ path, message, info }) => ({
    path: [...path, info.missingProperty ?? info.additionalProperty ?? []].flat().join('.'),
    message,
  }))
  const [first] = issues
  const body: z.input<typeof Problem> = {
    type: `urn:problem:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.detail ?? (first ? `${first.path} ${first.message}`.trim() : error.title),
    issues,
    instance: `urn:request:${c.var.requestId}`,
  }
  return c.json(body, error.status as ContentfulStatusCode, { 'content-type': 'application/problem+json' })
}

/** Hono's own exceptions become ours; a store that does not answer, or is not ready, is said so; anything else is our bug. */
function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof HTTPException && thrown.status < 500)
    return new AppError('validation_failed', { cause: thrown })
  const messages = [...causesOf(thrown)].map(({ message }) => message)
  if (messages.some((message) => /no such table/.test(message)))
    return new AppError('unavailable', { cause: new Error(WITHOUT_TABLES) })
  return new AppError(isStoreFailure(thrown) ? 'unavailable' : 'internal', { cause: thrown })
}

const WITHOUT_TABLES =
  'the database has no tables, or not all: run npm start, or wrangler d1 migrations apply DB (with --local or --remote)'

/** The database library wraps what the store threw. A statement that the store refuses is our bug, not its failure. */
function isStoreFailure(thrown: unknown): boolean {
  for (const { name, message } of causesOf(thrown)) {
    if (/constraint failed|syntax error|no such column/.test(message)) return false
    if (/^((Libsql|LibsqlBatch|Hrana)Error|StoreUnreachable)$/.test(name)) return true
    if (message.startsWith('D1_')) return true
  }
  return false
}

function* causesOf(thrown: unknown): Generator<Error> {
  for (let at = thrown; at instanceof Error; at = at.cause) yield at
}
