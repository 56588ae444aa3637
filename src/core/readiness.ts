/** Whether the database has its tables: asked until it has, and then not again, for migrations take none away. */
import { selectTenantByKey } from '../db/tenants.ts'
import { remember } from './memory.ts'

/** Throws what the store throws. */
export const requireTables = remember(
  Number.POSITIVE_INFINITY,
  async ({ db }) => void (await selectTenantByKey(db, '')),
)
