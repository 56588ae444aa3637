/** What all resources of the admin API share on the wire: their frame, their pages, what may be asked of a list. */
import { base64url } from 'jose'
import * as z from 'zod'
import { AppError } from '../../core/errors.ts'
import { text } from '../../http/fields.ts'
import { validate } from '../../http/validate.ts'

const instant = z.iso.datetime()

/** The members that the service itself sets. */
export const frame = { id: z.string(), createdAt: instant, updatedAt: instant }

export const toFrame = ({ id, createdAt, updatedAt }: { id: string | number; createdAt: Date; updatedAt: Date }) => ({
  id: String(id),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
})

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

/** ISO 8601 with an offset. */
export const moment = z.iso.datetime({ offset: true }).transform((at) => new Date(at))

/** One of the filters of a list; compared for equality. */
export const filter = text(320).optional()

export const limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'must be a number from 1 to 200')
  .transform(Number)
  .refine((rows) => rows <= 200, 'must be a number from 1 to 200')
  .default(50)

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The last row's key in base64url; nothing to be read by others. */
export const cursorLike = (shape: RegExp) =>
  text(200).transform(decodeCursor).pipe(z.string().regex(shape, 'must be a cursor')).optional()

/** The query of a list: filters, `limit`, `cursor`. */
export const listQuery = <Filters extends z.ZodRawShape>(filters: Filters, cursor = cursorLike(UUID)) =>
  z.strictObject({ ...filters, limit, cursor })

/**
 * A name that a caller gives to one POST, so that it can be sent again (draft-ietf-httpapi-idempotency-key-header). The
 * quotes, by which it is a string of RFC 9651, make no difference.
 */
export const idempotencyKey = validate(
  'header',
  z.object({
    'Idempotency-Key': z
      .string()
      .regex(/^("[\x20\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{0,255})$/, 'must be 1 to 255 printable ASCII characters')
      .transform((key) => key.replaceAll('"', '') || undefined)
      .optional()
      .meta({
        description: 'Makes it safe to send this again for a day: with the same key and body nothing is made twice.',
      }),
  }),
)

/** What an earlier request has made is there, its secret is not: that was in the answer that got lost. */
export const usedBefore = (rotation: string) =>
  new AppError('idempotency_key_used', { detail: `It is where Location says. Its secret was shown once: ${rotation}` })

/** Splits the query into the filters and the page. */
export function splitQuery<Query extends { limit: number; cursor?: string | undefined }>(query: Query) {
  const { limit, cursor, ...filters } = query
  return { filters, page: { limit, after: cursor } }
}

/** `rows` may be one more than the page holds. */
export function toPage<Row extends { id: string | number }, Item>(
  rows: Row[],
  { limit }: { limit: number },
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => string = ({ id }) => String(id),
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { items: shown.map(toItem), nextCursor: last ? base64url.encode(keyOf(last)) : null }
}

function decodeCursor(cursor: string): string {
  try {
    return new TextDecoder().decode(base64url.decode(cursor))
  } catch {
    return ''
  }
}
