/** API keys: programs that act for a tenant, or for the operator. Only the SHA-256 of a key is kept. */
import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { Changes } from './changes.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import { apiKeys, tenants, users } from './schema.ts'

export type ApiKey = typeof apiKeys.$inferSelect
export type NewApiKey = typeof apiKeys.$inferInsert

/** The key that may still be used: also not the key of somebody who is blocked, or of a suspended tenant. */
export async function findUsableApiKey(db: Db, hash: string, now: Date): Promise<ApiKey | undefined> {
  const blocked = sql`exists (select 1 from ${users} where ${users.id} = ${apiKeys.ownerId} and ${users.status} <> 'active')`
  const suspended = sql`exists (select 1 from ${tenants} where ${tenants.id} = ${apiKeys.tenantId} and ${tenants.status} <> 'active')`
  const [key] = await db
    .select()
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.hash, hash),
        eq(apiKeys.revoked, false),
        or(isNull(apiKeys.expireDate), gt(apiKeys.expireDate, now)),
        sql`not ${blocked}`,
        sql`not ${suspended}`,
      ),
    )
  return key
}
