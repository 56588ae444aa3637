/** Who changed what; written in the batch of the change. */
import { and, between, desc, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { insertMany } from './insert-many.ts'
import { matching, oneMore, type PageRequest } from './page.ts'
import { audit } from './schema.ts'

export type AuditRow = typeof audit.$inferSelect

/** What is known of a row before it has its place in a chain. What only the store knows may be a sub-select. */
export interface NewAuditRow extends Omit<AuditRow, 'tenantId' | 'targetId' | 'chain' | 'seq' | 'hash'> {
  tenantId: string | null | SQL
  targetId: string | SQL
}

/** Takes the next place in its chain; no two rows can, because a batch is alone while it writes. */
export function insertAuditIf(db: Db, row: NewAuditRow, condition = sql`true`) {
  const columns = sql`${row.id}, of_tenant, ${row.actorKind}, ${row.actorId}, ${row.action}, ${row.targetKind},
    ${row.targetId}, ${row.at.getTime()}, ${row.requestId}, ${lastPlace(sql`coalesce(of_tenant, '')`)} + 1, ${row.mac}, null`
  return db.insert(audit).select(sql`select ${columns} from (select ${row.tenantId} as of_tenant) where ${condition}`)
}

/** Any number of rows of one chain at once. */
export function insertAuditRows(db: Db, rows: (NewAuditRow & Pick<AuditRow, 'tenantId' | 'targetId'>)[], onlyIf: SQL) {
  const chain = rows[0]?.tenantId ?? ''
  const whole = rows.map((row) => ({ ...row, chain: null, seq: null, hash: null }))
  return insertMany(db, audit, whole, onlyIf, { seq: sql`${lastPlace(sql`${chain}`)} + row_number() over ()` })
}

const lastPlace = (chain: SQL) =>
  sql`coalesce((select ${audit.seq} from ${audit} where ${audit.chain} = ${chain} order by ${audit.seq} desc limit 1), 0)`

/** Only where the statement before it in the same batch changed something. */
export function insertAuditOfChange(db: Db, row: NewAuditRow) {
  return insertAuditIf(db, row, sql`changes() > 0`)
}

export interface AuditFilter {
  tenantId?: string | undefined
  action?: string | undefined
  actorId?: string | undefined
  targetId?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
}

/** Where a page of audit rows begins. */
export type AuditPosition = Pick<AuditRow, 'at' | 'id'>

/** A list always has bounds, so that it is read by the index of its order. */
const EARLIEST = new Date(0)
const LATEST = new Date(8.64e15)

/** Newest first. */
export function listAudit(db: Db, filter: AuditFilter, page: PageRequest<AuditPosition>): Promise<AuditRow[]> {
  const { tenantId, action, actorId, targetId, from, to } = filter
  return db
    .select()
    .from(audit)
    .where(
      and(
        matching(audit.tenantId, tenantId),
        matching(audit.action, action),
        matching(audit.actorId, actorId),
        matching(audit.targetId, targetId),
        between(audit.at, from ?? EARLIEST, to ?? LATEST),
        page.after && sql`(${audit.at}, ${audit.id}) < (${page.after.at.getTime()}, ${page.after.id})`,
      ),
    )
    .orderBy(desc(audit.at), desc(audit.id))
    .limit(oneMore(page))
}
