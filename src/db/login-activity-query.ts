/** Reading login activity: conditions and orders of any kind as parameterised SQL, always within one tenant. */
import { and, asc, between, count, desc, eq, gt, gte, isNull, lt, lte, ne, not, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { type LikePattern, matchesLike } from './like.ts'
import type { LoginActivity } from './login-activity.ts'
import { loginActivity } from './schema.ts'

/** The columns that may be compared and ordered by; the others are sealed. */
export type ActivityColumn = 'id' | 'actor' | 'tenantId' | 'loginTime' | 'loginType' | 'deviceInfo'

const COMPARISONS = { eq, neq: ne, gt, gte, lt, lte }
export type Comparison = keyof typeof COMPARISONS

type Value = string | Date

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { column: ActivityColumn; is: Comparison; value: Value }
  | { column: ActivityColumn; is: 'between'; values: [Value, Value] }
  | { column: ActivityColumn; is: 'among'; values: Value[] }
  | { column: ActivityColumn; is: 'like'; pattern: LikePattern }
  | { column: ActivityColumn; is: 'null' }

export interface ActivityOrder {
  column: ActivityColumn
  descending: boolean
}

interface Slice {
  where: Condition
  order: ActivityOrder[]
  limit: number
  offset: number
}

export function listLoginActivity(
  db: Db,
  tenantId: string,
  { where, order, limit, offset }: Slice,
): Promise<LoginActivity[]> {
  return db
    .select()
    .from(loginActivity)
    .where(inTenant(tenantId, where))
    .orderBy(...total(order).map(({ column, descending }) => (descending ? desc : asc)(loginActivity[column])))
    .limit(limit)
    .offset(offset)
}

export async function countLoginActivity(db: Db, tenantId: string, where: Condition): Promise<number> {
  const [row] = await db.select({ count: count() }).from(loginActivity).where(inTenant(tenantId, where))
  return row?.count ?? 0
}

export async function findLoginActivity(db: Db, tenantId: string, id: string): Promise<LoginActivity | undefined> {
  const [row] = await db
    .select()
    .from(loginActivity)
    .where(and(eq(loginActivity.tenantId, tenantId), eq(loginActivity.id, id)))
  return row
}

/** For lists of any length: a statement takes 100 parameters at most, and this is one. */
export function isAmong(column: SQL, values: Value[]): SQL {
  const plain = values.map((value) => (value instanceof Date ? value.getTime() : value))
  return sql`${column} in (select value from json_each(${JSON.stringify(plain)}))`
}

const inTenant = (tenantId: string, where: Condition) => and(eq(loginActivity.tenantId, tenantId), toSql(where))

function toSql(condition: Condition): SQL {
  if ('all' in condition) return and(...condition.all.map(toSql)) ?? sql`true`
  if ('any' in condition) return or(...condition.any.map(toSql)) ?? sql`false`
  if ('not' in condition) return not(toSql(condition.not))
  const column = loginActivity[condition.column]
  switch (condition.is) {
    case 'null':
      return isNull(column)
    case 'among':
      return isAmong(sql`${column}`, condition.values)
    case 'like':
      return matchesLike(column, condition.pattern)
    case 'between':
      return between(column, ...condition.values)
    default:
      return COMPARISONS[condition.is](column, condition.value)
  }
}

/** Ties are broken by time and id, in the direction of the last order, so that pages neither overlap nor leave gaps. */
function total(order: ActivityOrder[]): ActivityOrder[] {
  if (order.some(({ column }) => column === 'id')) return order
  const descending = order.at(-1)?.descending ?? false
  const rest = (['loginTime', 'id'] as const).filter((column) => !order.some((given) => given.column === column))
  return [...order, ...rest.map((column) => ({ column, descending }))]
}
