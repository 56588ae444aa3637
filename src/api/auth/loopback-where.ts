/** LoopBack's `where`: fields, operators, `and` and `or`, into conditions. Anything it does not know is refused. */
import * as z from 'zod'
import {
  ACTIVITY_FIELDS,
  type ActivityColumn,
  type Comparison,
  type Condition,
  parseLike,
} from '../../core/activity/login-activity-query.ts'

/** Levels of `and` and `or`. */
const MOST_LEVELS = 8
/** With at most two parameters each, a statement stays below the 100 that D1 takes. */
const MOST_CONDITIONS = 40
const MOST_LISTED = 1_000

const SEALED = ['tokenPayload', 'ipAddress']
export const COLUMNS = ACTIVITY_FIELDS.filter((field) => !SEALED.includes(field)) as ActivityColumn[]

type Path = (string | number)[]
type Refuse = (path: Path, message: string) => never[]

export const Where = z.unknown().transform((given, context): Condition => {
  const refuse: Refuse = (path, message) => {
    context.issues.push({ code: 'custom', input: given, path, message })
    return []
  }
  if (given !== undefined && !isObject(given)) {
    context.issues.push({ code: 'invalid_type', expected: 'object', input: given })
    return z.NEVER
  }
  const all = readGroup(given ?? {}, [], MOST_LEVELS, refuse)
  if (countLeaves(all) > MOST_CONDITIONS) refuse([], `must NOT have more than ${MOST_CONDITIONS} conditions`)
  return { all }
})

/** The members of an object all hold. */
function readGroup(given: unknown, path: Path, levels: number, refuse: Refuse): Condition[] {
  if (!isObject(given)) return refuse(path, 'must be object')
  return Object.entries(given).flatMap(([key, value]) => {
    const at = [...path, key]
    if (key !== 'and' && key !== 'or') return readField(key, value, at, refuse)
    if (!Array.isArray(value)) return refuse(at, 'must be array')
    if (levels === 0) return refuse(at, `must NOT be nested more than ${MOST_LEVELS} levels`)
    const groups = value.map((group, index) => ({ all: readGroup(group, [...at, index], levels - 1, refuse) }))
    return key === 'and' ? groups : { any: groups }
  })
}

function readField(key: string, given: unknown, path: Path, refuse: Refuse): Condition[] {
  if (SEALED.includes(key)) return refuse(path, 'is sealed, and cannot be compared')
  const column = COLUMNS.find((known) => known === key)
  if (!column) return refuse(path, 'is not a field')
  if (!isObject(given)) return compare(column, 'eq', given, path, refuse)
  return Object.entries(given).flatMap(([operator, value]) => {
    const at = [...path, operator]
    const read = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
    return read ? read(column, value, at, refuse) : refuse(at, 'is not an operator')
  })
}

type Operator = (column: ActivityColumn, given: unknown, path: Path, refuse: Refuse) => Condition[]

const OPERATORS: Record<string, Operator> = {
  eq: comparison('eq'),
  neq: comparison('neq'),
  gt: comparison('gt'),
  gte: comparison('gte'),
  lt: comparison('lt'),
  lte: comparison('lte'),
  between(column, given, path, refuse) {
    const [from, to, ...more] = Array.isArray(given) ? given.map((item) => toValue(column, item)) : []
    if (from === undefined || to === undefined || more.length > 0) return refuse(path, 'must be a list of two values')
    return [{ column, is: 'between', values: [from, to] }]
  },
  inq: readAmong,
  nin: (...given) => readAmong(...given).map((condition) => ({ not: condition })),
  like: readLike(false),
  nlike: (...given) => readLike(false)(...given).map((condition) => ({ not: condition })),
  ilike: readLike(true),
  nilike: (...given) => readLike(true)(...given).map((condition) => ({ not: condition })),
  exists(column, given, path, refuse) {
    const wanted = z.stringbool().or(z.boolean()).safeParse(given)
    if (!wanted.success) return refuse(path, 'must be boolean')
    return wanted.data ? [{ not: { column, is: 'null' } }] : [{ column, is: 'null' }]
  },
}

function comparison(is: Comparison): Operator {
  return (column, given, path, refuse) => compare(column, is, given, path, refuse)
}

function compare(column: ActivityColumn, is: Comparison, given: unknown, path: Path, refuse: Refuse): Condition[] {
  if (given === null && is === 'eq') return [{ column, is: 'null' }]
  if (given === null && is === 'neq') return [{ not: { column, is: 'null' } }]
  const value = toValue(column, given)
  return value === undefined ? refuse(path, expected(column)) : [{ column, is, value }]
}

function readAmong(column: ActivityColumn, given: unknown, path: Path, refuse: Refuse): Condition[] {
  if (!Array.isArray(given)) return refuse(path, 'must be array')
  if (given.length > MOST_LISTED) return refuse(path, `must NOT have more than ${MOST_LISTED} items`)
  const values = given.map((item) => toValue(column, item))
  const known = values.filter((value) => value !== undefined)
  if (known.length < values.length) return refuse([...path, values.indexOf(undefined)], expected(column))
  return [{ column, is: 'among', values: known }]
}

function readLike(anyCase: boolean): Operator {
  return (column, given, path, refuse) => {
    if (typeof given !== 'string' || column === 'loginTime') return refuse(path, 'must be a pattern, for text')
    const pattern = parseLike(given, { anyCase })
    return pattern ? [{ column, is: 'like', pattern }] : refuse(path, 'must be a shorter pattern')
  }
}

const DateTime = z.iso.datetime({ offset: true, local: true }).or(z.iso.date())
const ZONE = /(?:Z|[+-]\d\d:?\d\d)$/

/** Times from ISO 8601 (in UTC unless it says otherwise) or milliseconds; text from anything but an object. */
function toValue(column: ActivityColumn, given: unknown): string | Date | undefined {
  if (column !== 'loginTime') return isScalar(given) ? String(given) : undefined
  if (typeof given === 'number') return Math.abs(given) <= 8.64e15 ? new Date(given) : undefined
  if (typeof given !== 'string' || !DateTime.safeParse(given).success) return undefined
  return new Date(!given.includes('T') || ZONE.test(given) ? given : `${given}Z`)
}

const expected = (column: ActivityColumn) => (column === 'loginTime' ? 'must be a date and time' : 'must be string')

const isScalar = (given: unknown) => ['string', 'number', 'boolean'].includes(typeof given)

const isObject = (given: unknown): given is Record<string, unknown> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)

function countLeaves(conditions: Condition[]): number {
  return conditions.reduce((sum, condition) => {
    if ('all' in condition) return sum + countLeaves(condition.all)
    return sum + ('any' in condition ? countLeaves(condition.any) : 1)
  }, 0)
}
