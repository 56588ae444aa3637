/** API keys: programs that act for a tenant, or for the operator. Only the SHA-256 of a key is kept. */
import { and, asc, eq, getTableColumns, gt, isNull, or, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { Changes } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import { apiKeys, tenants, users } from './schema.ts'

export type ApiKey = typeof apiKeys.$inferSelect
export type NewApiKey = typeof apiKeys.$inferInsert

/** The key that may still be used, which that of somebody who is blocked may not; and whether its tenant is suspended. */
export async function findUsableApiKey(db: Db, hash: string, now: Date) {
  const blocked = sql`exists (select 1 from ${users} where ${users.id} = ${apiKeys.ownerId} and ${users.status} <> 'active')`
  const suspended = sql<number>`exists (select 1 from ${tenants} where ${tenants.id} = ${apiKeys.tenantId} and ${tenants.status} <> 'active')`
  const [key] = await db
    .select({ ...getTableColumns(apiKeys), suspended: suspended.as('suspended') })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.hash, hash),
        eq(apiKeys.revoked, false),
        or(isNull(apiKeys.expireDate), gt(apiKeys.expireDate, now)),
        sql`not ${blocked}`,
      ),
    )
  return key
}

const { hash, ...shown } = getTableColumns(apiKeys)

/** What may be shown of a key. */
export type ApiKeyEntry = Omit<ApiKey, 'hash'>

export function insertApiKey(db: Db, key: NewApiKey) {
  return db.insert(apiKeys).values(key).returning(shown)
}

/** Written directly behind the insert: only the store knows the id. */
export const idOfKey = (keyHash: string) =>
  sql`(select ${apiKeys.id} from ${apiKeys} where ${eq(apiKeys.hash, keyHash)})`

export function selectApiKey(db: Db, scope: string | null, id: number) {
  return db.select(shown).from(apiKeys).where(inScope(scope, id))
}

const MOST_OWN = 200

/** The keys of a person for one tenant, the oldest first. */
export function selectOwnApiKeys(db: Db, tenantId: string, ownerId: string) {
  return db
    .select(shown)
    .from(apiKeys)
    .where(and(eq(apiKeys.ownerId, ownerId), eq(apiKeys.tenantId, tenantId)))
    .orderBy(asc(apiKeys.id))
    .limit(MOST_OWN)
}

export interface ApiKeyFilter {
  tenantId?: string | undefined
  ownerId?: string | undefined
}

export function listApiKeys(
  db: Db,
  scope: string | null,
  { tenantId, ownerId }: ApiKeyFilter,
  page: PageRequest<number>,
): Promise<ApiKeyEntry[]> {
  return db
    .select(shown)
    .from(apiKeys)
    .where(
      and(
        matching(apiKeys.tenantId, scope),
        matching(apiKeys.tenantId, tenantId),
        matching(apiKeys.ownerId, ownerId),
        gt(apiKeys.id, page.after ?? 0),
      ),
    )
    .orderBy(asc(apiKeys.id))
    .limit(oneMore(page))
}

export type ApiKeyChanges = Changes<Pick<ApiKey, 'name' | 'description' | 'revoked' | 'expireDate'>>

export function updateApiKey(db: Db, scope: string | null, id: number, changes: ApiKeyChanges, now: Date) {
  return db
    .update(apiKeys)
    .set({ ...changes, updatedAt: now })
    .where(inScope(scope, id))
    .returning(shown)
}

export function deleteApiKey(db: Db, scope: string | null, id: number) {
  return db.delete(apiKeys).where(inScope(scope, id))
}

const inScope = (scope: string | null, id: number) => and(eq(apiKeys.id, id), matching(apiKeys.tenantId, scope))
