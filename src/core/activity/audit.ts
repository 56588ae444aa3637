/** Audit rows: ids and names of actions only, so that nothing personal outlives its owner. */
import { type SQL, sql } from 'drizzle-orm'
import { insertAuditIf } from '../../db/audit.ts'
import type { Deps } from '../../deps.ts'
import type { Actor } from '../actor.ts'
import { newId } from '../crypto.ts'

export interface AuditEntry {
  /** What was done to what, as in `tenant.create`. */
  action: string
  target: { kind: string; id: string }
  /** The tenant that may read about it; null for operators only. May be a sub-select. */
  tenantId: string | null | SQL
}

/** For the batch of what it records. Only where `onlyIf` holds. */
export function auditStatement(deps: Deps, actor: Actor, { action, target, tenantId }: AuditEntry, onlyIf?: SQL) {
  const row = {
    id: newId(),
    tenantId,
    actorKind: actor.kind,
    actorId: actor.id,
    action,
    targetKind: target.kind,
    targetId: target.id,
    at: deps.now(),
    requestId: deps.trace.requestId,
  }
  return insertAuditIf(deps.db, row, onlyIf ?? sql`true`)
}

/** Stands directly behind the statement it records in the batch; no row where that changed nothing. */
export function auditOfChange(deps: Deps, actor: Actor, entry: AuditEntry) {
  return auditStatement(deps, actor, entry, sql`changes() > 0`)
}
