/** Lists come in pages, ordered by a key that the last row of a page names. */
import { eq, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

export interface PageRequest<Key = string> {
  limit: number
  /** The key of the last row of the page before. */
  after?: Key | undefined
}

/** Up to one row more than asked for: its presence says that there is a next page. */
export const oneMore = ({ limit }: PageRequest<unknown>) => limit + 1

/** The filter for a value, if one is given; `null` is "any" too, as the tenant of an operator is. */
export function matching(column: SQLiteColumn, value: string | number | null | undefined): SQL | undefined {
  return value === undefined || value === null ? undefined : eq(column, value)
}
