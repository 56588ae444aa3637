/** Column kinds that every table shares. */
import { integer, text } from 'drizzle-orm/sqlite-core'

/** Integer milliseconds UTC in SQL, a Date outside. */
export const instant = () => integer({ mode: 'timestamp_ms' })
export const json = <T>() => text({ mode: 'json' }).$type<T>()
export const flag = () => integer({ mode: 'boolean' })
export const id = () => text().primaryKey()

export const timestamps = {
  createdAt: instant().notNull(),
  updatedAt: instant().notNull(),
}
