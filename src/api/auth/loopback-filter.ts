/** LoopBack's `filter`: what to look for, in which order, how much of it, and which fields to show. */
import * as z from 'zod'
import { ACTIVITY_FIELDS, type ActivityField, type ActivityOrder } from '../../core/activity/login-activity-query.ts'
import { COLUMNS, Where } from './loopback-where.ts'

/** In the spelled out form every value is a string. What is no number at all is refused as no integer. */
const integer = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .unknown()
    .transform((given, context) => {
      const number = typeof given === 'string' && /^-?\d{1,15}$/.test(given) ? Number(given) : given
      if (typeof number === 'number') return number
      context.issues.push({ code: 'invalid_type', expected: 'int', input: given })
      return z.NEVER
    })
    .pipe(z.int().min(least).max(most))
    .optional()
const boolean = z.preprocess((given) => (given === 'true' ? true : given === 'false' ? false : given), z.boolean())

/** Of no order at all, as an empty field of a form says it, nothing is ordered. */
const NoOrder = z.literal('').transform((): ActivityOrder[] => [])

const Order = z.string().transform((given, context): ActivityOrder => {
  const [, name, direction = 'asc'] = /^(\w+)(?:\s+(asc|desc))?$/i.exec(given.trim()) ?? []
  const column = COLUMNS.find((known) => known === name)
  if (column) return { column, descending: direction.toLowerCase() === 'desc' }
  const message = `must be one of ${COLUMNS.join(', ')}, and ASC or DESC`
  context.issues.push({ code: 'custom', input: given, message })
  return z.NEVER
})

/** Naming fields to show hides the others; naming only fields to hide shows the others. */
const Fields = z
  .union([z.array(z.enum(ACTIVITY_FIELDS)), z.partialRecord(z.enum(ACTIVITY_FIELDS), boolean)], {
    error: 'must be a list of fields, or an object that says of each whether it is shown',
  })
  .transform((given): ActivityField[] => {
    const shown = ACTIVITY_FIELDS.filter((field) =>
      Array.isArray(given) ? given.includes(field) : given[field] === true,
    )
    if (shown.length > 0) return shown
    return ACTIVITY_FIELDS.filter((field) => Array.isArray(given) || given[field] !== false)
  })

export const Filter = z
  .strictObject({
    where: Where.optional(),
    order: z.union([NoOrder, Order.transform((order) => [order]), z.array(Order).max(6)]).optional(),
    limit: integer(1, 1_000),
    skip: integer(0),
    offset: integer(0),
    fields: Fields.optional(),
  })
  .default({})
  .transform(({ where = { all: [] }, order = [], limit = 100, skip, offset, fields = ACTIVITY_FIELDS }) => {
    return { where, order, limit, offset: offset ?? skip ?? 0, fields }
  })
