/** D1 through drizzle, with batches that keep columns of the same name apart. */
import type { D1Database, D1Result } from '@cloudflare/workers-types'
import type { BatchItem } from 'drizzle-orm/batch'
import { drizzle } from 'drizzle-orm/d1'
import * as schema from '../db/schema.ts'
import type { Db } from '../deps.ts'
import { sayUnreachable } from './unreachable.ts'

export function openD1(database: D1Database): Db {
  const db = drizzle(database, { schema, casing: 'snake_case' })
  return Object.assign(db, { batch: (statements: BatchItem<'sqlite'>[]) => runBatch(database, statements) }) as Db
}

/** What drizzle's own batch uses of a statement. */
interface Prepared {
  /** The columns of the answer; absent where there is none. */
  fields?: unknown[]
  getQuery(): { sql: string; params: unknown[] }
  mapResult(result: D1Result, isFromBatch: true): unknown
}

/**
 * In a batch D1 answers objects, in which two joined tables' columns of one name would become one. So each select is
 * wrapped in a common table expression that numbers its columns.
 */
async function runBatch(database: D1Database, queries: BatchItem<'sqlite'>[]): Promise<unknown[]> {
  const prepared = queries.map((query) => (query as unknown as { _prepare(): Prepared })._prepare())
  const statements = prepared.map((query) => {
    const { sql, params } = query.getQuery()
    return database.prepare(withNumberedColumns(sql, query.fields?.length ?? 0)).bind(...params)
  })
  const results = await database.batch(statements).catch(sayUnreachable)
  return prepared.map((query, n) => query.mapResult(results[n] as D1Result, true))
}

function withNumberedColumns(sql: string, count: number): string {
  if (!/^\s*\(?\s*select\b/i.test(sql) || count === 0) return sql
  const columns = Array.from({ length: count }, (_, n) => `c${n}`)
  return `with answer(${columns.join(', ')}) as (${sql}) select * from answer`
}
