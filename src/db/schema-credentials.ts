/** What a person can prove besides the password. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { instant } from './columns.ts'
import { users } from './schema-directory.ts'

export const secondFactors = sqliteTable('second_factors', {
  userId: text()
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  /** The authenticator app's secret, sealed; null until the first correct code confirmed it. */
  secret: text(),
  confirmedAt: instant(),
  /** A new secret that waits for its first code, sealed. */
  pendingSecret: text(),
  /** The last time step that was accepted; no step is accepted twice. */
  lastStep: integer().notNull(),
  /** When a second factor of any kind was first completed; from then on enrolling needs one. */
  establishedAt: instant(),
})
