/** Audit rows: ids and names of actions only, so that nothing personal outlives its owner. */
import type { SQL } from 'drizzle-orm'
import { insertAuditIf, insertAuditOfChange } from '../../db/audit.ts'
import type { Deps } from '../../deps.ts'
import type { Actor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { macOf } from './audit-proof.ts'
import { sealAudit } from './audit-seal.ts'

export interface AuditEntry {
  /** What was done to what, as in `tenant.create`. */
  action: string
  target: { kind: string; id: string | SQL }
  /** The tenant that may read about it; null for operators only. May be a sub-select. */
  tenantId: string | null | SQL
}

/** Whoever did it; all that is kept is the id. */
type AuditActor = Pick<Actor, 'kind' | 'id'>

/** For the batch of what it records. Only where `onlyIf` holds. */
export function auditStatement(deps: Deps, actor: AuditActor, entry: AuditEntry, onlyIf?: SQL) {
  return insertAuditIf(deps.db, auditRow(deps, actor, entry), onlyIf)
}

/** Stands directly behind the statement it records in the batch; no row where that changed nothing. */
export function auditOfChange(deps: Deps, actor: AuditActor, entry: AuditEntry) {
  return insertAuditOfChange(deps.db, auditRow(deps, actor, entry))
}

export function auditRow<Id extends string | SQL, Tenant extends string | null | SQL>(
  deps: Deps,
  actor: AuditActor,
  { action, target, tenantId }: { action: string; target: { kind: string; id: Id }; tenantId: Tenant },
) {
  deps.afterwards.add(sealAudit)
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
  return { ...row, mac: macOf(deps.config, row) }
}
