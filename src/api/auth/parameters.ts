/** Parameters as LoopBack reads them: every failure says what was given and for which parameter. */
import type { Context, MiddlewareHandler } from 'hono'
import * as z from 'zod'
import { AppError, type Issue } from '../../core/errors.ts'
import { issuesOf } from '../../http/issues.ts'
import type { AppEnv } from '../../http/router.ts'
import { documented } from '../../http/validate.ts'
import { readObject } from './object-parameter.ts'

/** Reads one parameter; undefined when it is absent. */
interface Reader<T> {
  read: (parameters: URLSearchParams, name: string) => T
  description: string
  /** Missing, it is refused, here or by the route in words of its own. */
  isRequired?: boolean
}
type Readers = Record<string, Reader<unknown>>
type Target = 'query' | 'param'
type Out<R extends Readers> = { [Name in keyof R]: ReturnType<R[Name]['read']> }

type Parameters<T extends Target, R extends Readers> = MiddlewareHandler<
  AppEnv,
  string,
  { in: { [_ in T]: { [Name in keyof R]?: string } }; out: { [_ in T]: Out<R> } }
>

/** Throws `parameter_missing` or `parameter_invalid`. */
export function parameters<T extends Target, R extends Readers>(target: T, readers: R): Parameters<T, R> {
  const middleware: Parameters<T, R> = async (c, next) => {
    const given = target === 'query' ? new URL(c.req.url).searchParams : new URLSearchParams(pathParameters(c))
    const values = Object.entries(readers).map(([name, { read }]) => [name, read(given, name)])
    c.req.addValidatedData(target, Object.fromEntries(values))
    await next()
  }
  const schema = z.object(
    Object.fromEntries(
      Object.entries(readers).map(([name, { description, isRequired }]) => {
        const described = z.string().meta({ description })
        return [name, isRequired ? described : described.optional()]
      }),
    ),
  )
  return documented(middleware, target, schema)
}

/** A value that a schema takes as it is. */
export const value = <S extends z.ZodType>(schema: S, description: string): Reader<z.output<S>> => ({
  description,
  read(parameters, name) {
    return parse(schema, one(parameters, name), name)
  },
})

/** The same, where it must not be absent; an empty one counts as absent. */
export const required = <S extends z.ZodType>(schema: S, description: string): Reader<z.output<S>> => ({
  description,
  isRequired: true,
  read(parameters, name) {
    if (!parameters.get(name)) throw missingParameter(name)
    return value(schema, description).read(parameters, name)
  },
})

/** An object, as JSON (`filter={"limit":1}`) or spelled out (`filter[limit]=1`). */
export const object = <S extends z.ZodType>(schema: S, description: string): Reader<z.output<S>> => ({
  description,
  read(parameters, name) {
    const { given, refusal } = readObject(parameters, name)
    if (refusal) throw invalidParameter(name, given, refusal)
    return parse(schema, given, name)
  },
})

/** RFC 3339, to the second at least, and never without its `partner`. Refused without details, as in the original. */
export const dateTime = (description: string, partner: string): Reader<Date | undefined> => ({
  description,
  read(parameters, name) {
    const given = one(parameters, name)
    if (given === undefined && parameters.has(partner)) throw missingParameter(name)
    if (given === undefined) return undefined
    const strict = given.replace(/^(\S{10})[t ]/, '$1T').replace(/z$/, 'Z')
    if (!DateTime.safeParse(strict).success) throw invalidParameter(name, given)
    return new Date(strict)
  },
})

/** What the letters of RFC 3339 may also be, small ones and a space, is made like this first. */
const DateTime = z.iso.datetime({ offset: true }).regex(/T\d\d:\d\d:\d\d/)

/** One that comes twice is a list, and refused as such, without a word more. */
function one(parameters: URLSearchParams, name: string): string | undefined {
  const [given, ...more] = parameters.getAll(name)
  if (more.length > 0) throw invalidParameter(name, [given, ...more])
  return given
}

function missingParameter(name: string): AppError {
  return new AppError('parameter_missing', { detail: `Required parameter ${name} is missing!` })
}

/** What these hold is told to nobody, not even to whoever sent it: answers are kept, and logged by others. */
const SECRET = /secret|token|password|code$/i

function invalidParameter(name: string, given: unknown, issues: Issue[] = []): AppError {
  const detail = SECRET.test(name)
    ? `Invalid data for parameter "${name}".`
    : `Invalid data ${JSON.stringify(given)} for parameter "${name}".`
  return new AppError('parameter_invalid', { detail, issues })
}

function parse<S extends z.ZodType>(schema: S, given: unknown, name: string): z.output<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw invalidParameter(name, given, issuesOf(parsed.error, given))
}

const pathParameters = (c: Context): Record<string, string> => c.req.param()
