/** Parsing at the edge. What fails is an AppError, so that each family renders it in its own format. */
import { zValidator } from '@hono/zod-validator'
import type { Context, MiddlewareHandler, ValidationTargets } from 'hono'
import { resolver, uniqueSymbol } from 'hono-openapi'
import type * as z from 'zod'
import { AppError } from '../core/errors.ts'
import { issuesOf } from './issues.ts'
import type { AppEnv } from './router.ts'

const JSON_TYPE = /^application\/json$/i

type JsonBody<Schema extends z.ZodType> = MiddlewareHandler<
  AppEnv,
  string,
  { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } }
>

type FormBody<Schema extends z.ZodType> = MiddlewareHandler<
  AppEnv,
  string,
  { in: { form: z.input<Schema> }; out: { form: z.output<Schema> } }
>

/**
 * A JSON body. A missing content type counts as JSON, a missing body as `{}`.
 * Throws `unsupported_media_type`, `malformed_json` or `validation_failed`, in that order.
 */
export function jsonBody<Schema extends z.ZodType>(schema: Schema, { types = JSON_TYPE } = {}): JsonBody<Schema> {
  const middleware: JsonBody<Schema> = async (c, next) => {
    const input = await readJson(c, types)
    const parsed = schema.safeParse(input)
    if (!parsed.success) throw new AppError('validation_failed', { issues: issuesOf(parsed.error, input) })
    c.req.addValidatedData('json', parsed.data as object)
    await next()
  }
  return documented(middleware, 'json', schema)
}

/** Query, path or header. Throws `parameter_missing` or `parameter_invalid`. */
export function validate<Target extends Exclude<keyof ValidationTargets, 'json' | 'form'>, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  const middleware = zValidator(target, schema, (result) => {
    if (result.success) return
    const issues = issuesOf(result.error as never, result.data)
    throw new AppError(issues[0]?.code === 'required' ? 'parameter_missing' : 'parameter_invalid', { issues })
  })
  return documented(middleware, target, schema)
}

const NEEDED = 'x-needed'

/**
 * A parameter that may be missing as far as the schema goes, because the route refuses that in words of its own. Whoever
 * reads the OpenAPI document is told that it is required.
 */
export const needed = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ [NEEDED]: true })

/** Whether it is one of those; the mark is taken off, and what would stand in for it. */
export function takeNeeded(schema: Record<string, unknown>): boolean {
  if (!schema[NEEDED]) return false
  delete schema[NEEDED]
  delete schema['default']
  return true
}

const FORM_TYPE = 'application/x-www-form-urlencoded'

/** An HTML form's body. Throws `unsupported_media_type`, also for no body at all, or `validation_failed`. */
export function formBody<Schema extends z.ZodType>(schema: Schema): FormBody<Schema> {
  const middleware: FormBody<Schema> = async (c, next) => {
    const input = toFields(await readForm(c))
    const parsed = schema.safeParse(input)
    if (!parsed.success) throw new AppError('validation_failed', { issues: issuesOf(parsed.error, input) })
    c.req.addValidatedData('form', parsed.data as object)
    await next()
  }
  return documented(middleware, 'form', schema)
}

/** The fields as they came, for a form that others make. Throws `unsupported_media_type`. */
export async function readForm(c: Context<AppEnv>): Promise<URLSearchParams> {
  if (mediaType(c).toLowerCase() === FORM_TYPE) return new URLSearchParams(await c.req.text())
  const given = c.req.header('content-type') ?? 'application/json'
  throw new AppError('unsupported_media_type', { detail: `Content-type ${given} does not match [${FORM_TYPE}].` })
}

/** A field that comes more than once is a list, which no schema takes for a text. */
function toFields(form: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(form.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const [first = '', ...more] = form.getAll(name)
      return [name, more.length > 0 ? [first, ...more] : first]
    }),
  )
}

async function readJson(c: Context<AppEnv>, types: RegExp): Promise<unknown> {
  const type = mediaType(c)
  if (type && !types.test(type)) {
    const detail = `Content-type ${c.req.header('content-type')} does not match [application/json].`
    throw new AppError('unsupported_media_type', { detail })
  }
  const text = await c.req.text()
  return text === '' ? {} : parseJson(text)
}

/** Whatever is JSON; that it has to be an object is for the schema to say. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('malformed_json', { detail: withoutExcerpt((cause as Error).message) })
  }
}

/** Some engines quote what stands around the fault, which may be a password. */
const withoutExcerpt = (message: string) => message.replace(/,? ?(\.{3})?".*"(\.{3})? is not valid JSON$/s, ' in JSON')

/** The content type without its parameters; empty when there is none. */
export function mediaType(c: Context): string {
  return c.req.header('content-type')?.split(';')[0]?.trim() ?? ''
}

export function documented<Middleware extends object>(
  middleware: Middleware,
  target: string,
  schema: z.ZodType,
): Middleware {
  const options = target === 'form' ? { options: { media: FORM_TYPE } } : {}
  return Object.assign(middleware, { [uniqueSymbol]: { target, ...resolver(schema), ...options } })
}
