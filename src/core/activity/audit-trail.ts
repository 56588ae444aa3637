/** Reading the audit rows: an operator all of them, a tenant its own. */
import { type AuditFilter, type AuditPosition, type AuditRow, listAudit } from '../../db/audit.ts'
import type { PageRequest } from '../../db/page.ts'
import type { Deps } from '../../deps.ts'
import type { ApiKeyActor } from '../actor.ts'

export type { AuditRow }

/** Newest first. There are no rows of other tenants for the key of a tenant. */
export async function listAuditTrail(
  deps: Deps,
  { tenantId: scope }: ApiKeyActor,
  filter: AuditFilter,
  page: PageRequest<AuditPosition>,
) {
  if (scope !== null && (filter.tenantId ?? scope) !== scope) return []
  return listAudit(deps.db, { ...filter, tenantId: scope ?? filter.tenantId }, page)
}
