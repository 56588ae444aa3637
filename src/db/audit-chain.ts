/** The chains of audit rows, and the log of how far each was sealed. */
import { and, asc, desc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { insertMany } from './insert-many.ts'
import { audit, auditSeals } from './schema.ts'

export type AuditSeal = typeof auditSeals.$inferSelect
/** A row that has a place. */
export type ChainedRow = typeof audit.$inferSelect & { seq: number }

const lastSealed = (chain: SQL) =>
  sql`coalesce((select ${auditSeals.seq} from ${auditSeals} where ${auditSeals.chain} = ${chain}
    order by ${auditSeals.seq} desc limit 1), -9e15)`

const newest = sql`(select max(${auditSeals.n}) from ${auditSeals})`
const selectLastSeal = (db: Db) => db.select().from(auditSeals).where(sql`${auditSeals.n} = ${newest}`)

/** Rows from before the chains are sealed first; once anything newer is, none can be added to them. */
const oldStillOpen = sql`coalesce((select ${auditSeals.seq} from ${auditSeals} where ${auditSeals.n} = ${newest}), 0) <= 0`

/** Rows behind what was sealed of their chain, with what was sealed last of each, and at all: one snapshot. */
export async function readUnsealed(db: Db, limit: number) {
  const isBehind = sql`${audit.seq} > ${lastSealed(sql`${audit.chain}`)}`
  const inTime = sql`(${audit.seq} > 0 or ${oldStillOpen})`
  const chains = sql`(select distinct ${audit.chain} as of_chain from ${audit} where ${audit.hash} is null)`
  const latest = sql`(select (select max(${auditSeals.n}) from ${auditSeals} where ${auditSeals.chain} = of_chain) from ${chains})`
  const [rows, heads, last] = await db.batch([
    db
      .select()
      .from(audit)
      .where(and(isNull(audit.hash), isBehind, inTime))
      .orderBy(sql`${audit.seq} > 0`, asc(audit.chain), asc(audit.seq))
      .limit(limit),
    db.select().from(auditSeals).where(sql`${auditSeals.n} in ${latest}`),
    selectLastSeal(db),
  ])
  return { rows: rows as ChainedRow[], heads, last: last[0] }
}

/** All or nothing: of several at once the first wins, and the others find their number taken. */
export async function writeSeals(db: Db, seals: AuditSeal[], hashes: { id: string; hash: string }[]): Promise<void> {
  const hash = sql`(select value ->> '$.hash' from json_each(${JSON.stringify(hashes)}) where value ->> '$.id' = ${audit.id})`
  await db.batch([
    insertMany(db, auditSeals, seals),
    db
      .update(audit)
      .set({ hash })
      .where(sql`${audit.id} in (select value from json_each(${JSON.stringify(hashes.map(({ id }) => id))}))`),
  ])
}

export async function lastAuditSeal(db: Db): Promise<AuditSeal | undefined> {
  const [last] = await selectLastSeal(db)
  return last
}

/** The rows of a chain behind `after` with the seals among them, where the chain's seals end, and rows without a place. */
export async function readChain(db: Db, chain: string, after: number, limit: number) {
  const ofChain = eq(auditSeals.chain, chain)
  const [rows, seals, heads, last, placeless] = await db.batch([
    db
      .select()
      .from(audit)
      .where(and(eq(audit.chain, chain), gt(audit.seq, after)))
      .orderBy(asc(audit.seq))
      .limit(limit),
    db
      .select()
      .from(auditSeals)
      .where(and(ofChain, gt(auditSeals.seq, after)))
      .orderBy(asc(auditSeals.seq))
      .limit(limit),
    db.select().from(auditSeals).where(ofChain).orderBy(desc(auditSeals.seq)).limit(1),
    selectLastSeal(db),
    db
      .select()
      .from(audit)
      .where(and(eq(audit.chain, chain), isNull(audit.seq)))
      .limit(1),
  ])
  return { rows: rows as ChainedRow[], seals, head: heads[0], last: last[0], placeless: placeless[0] }
}

export function listSeals(db: Db, from: number, limit: number): Promise<AuditSeal[]> {
  return db.select().from(auditSeals).where(sql`${auditSeals.n} >= ${from}`).orderBy(asc(auditSeals.n)).limit(limit)
}

/** Every chain that has rows or seals, in order, by hops through the indexes. */
export async function listChains(db: Db, after: string | undefined, limit: number): Promise<string[]> {
  const hop = (than: SQL) => sql`(select min(of_chain) from (
    select min(${audit.chain}) as of_chain from ${audit} where ${audit.chain} > ${than}
    union all select min(${auditSeals.chain}) from ${auditSeals} where ${auditSeals.chain} > ${than}))`
  const start = after === undefined ? sql`''` : hop(sql`${after}`)
  const rows = await db.all<{ name: string }>(sql`
    with recursive hops(name) as (select ${start} union all select ${hop(sql`name`)} from hops where name is not null)
    select name from hops where name is not null limit ${limit}`)
  return rows.map(({ name }) => name)
}
