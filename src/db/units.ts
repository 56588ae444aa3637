/** Units: sub-organisations of one tenant. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { Changes } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import { units } from './schema.ts'

export type Unit = typeof units.$inferSelect

export function insertUnit(db: Db, unit: Unit) {
  return db.insert(units).values(unit).returning()
}

export function selectUnit(db: Db, tenantId: string, id: string) {
  return db.select().from(units).where(isKey(tenantId, id))
}

export function listUnits(
  db: Db,
  tenantId: string,
  { name }: { name?: string | undefined },
  page: PageRequest,
): Promise<Unit[]> {
  return db
    .select()
    .from(units)
    .where(and(eq(units.tenantId, tenantId), matching(units.name, name), gt(units.id, page.after ?? '')))
    .orderBy(asc(units.id))
    .limit(oneMore(page))
}

/** Those of the names that units of the tenant have. */
export async function listKnownUnitNames(db: Db, tenantId: string, names: string[]): Promise<string[]> {
  const named = sql`${units.name} in (select value from json_each(${JSON.stringify(names)}))`
  const rows = await db
    .select({ name: units.name })
    .from(units)
    .where(and(eq(units.tenantId, tenantId), named))
  return rows.map(({ name }) => name)
}

export function updateUnit(
  db: Db,
  tenantId: string,
  id: string,
  changes: Changes<Pick<Unit, 'name' | 'description'>>,
  now: Date,
) {
  return db
    .update(units)
    .set({ ...changes, updatedAt: now })
    .where(isKey(tenantId, id))
    .returning()
}

export function deleteUnit(db: Db, tenantId: string, id: string) {
  return db.delete(units).where(isKey(tenantId, id))
}

const isKey = (tenantId: string, id: string) => and(eq(units.id, id), eq(units.tenantId, tenantId))
