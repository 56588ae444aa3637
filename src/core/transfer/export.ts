/** Moving out: everything that an import takes, page by page, in an order in which it takes it. */
import { listClients } from '../../db/client-directory.ts'
import { clientSecretsOf, listUnitsOfAll } from '../../db/export-rows.ts'
import type { PageRequest } from '../../db/page.ts'
import { listRoles } from '../../db/roles.ts'
import { listTenants, selectTenant } from '../../db/tenants.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { ALL_PERMISSIONS } from '../directory/api-key-actor.ts'
import { secretIdentity } from '../directory/client-secrets.ts'
import { requireTenant } from '../directory/refusals.ts'
import { AppError } from '../errors.ts'
import { unseal } from '../vault.ts'
import { exportPeople, type Scope } from './export-people.ts'
import type { Line } from './lines.ts'
import { clientLine, roleLine, tenantLine, unitLine } from './to-lines.ts'

/** In the order in which they are read. */
export const STAGES = ['tenant', 'unit', 'role', 'client', 'user'] as const
export type Stage = (typeof STAGES)[number]

export interface Position {
  stage: Stage
  after?: string | undefined
}

interface Page {
  lines: Line[]
  /** The id of the last row, if there are more. */
  last: string | undefined
}

type Read = (deps: Deps, scope: Scope, page: PageRequest) => Promise<Page>

const READ: Record<Stage, Read> = {
  tenant: async ({ db }, { tenantId }, page) => paged(await listTenants(db, tenantId, {}, page), page, tenantLine),
  unit: async ({ db }, { tenantId }, page) => paged(await listUnitsOfAll(db, tenantId, page), page, unitLine),
  role: exportRoles,
  client: exportClients,
  user: async (deps, scope, page) => {
    const { rows, lines } = await exportPeople(deps, scope, page)
    return { lines, last: lastOf(rows, page) }
  },
}

/**
 * The lines from a position on, and where the next call goes on. The key of a tenant reads its own. Secrets are for
 * operators who may do everything, and each reading leaves an audit row. Throws `forbidden`, `validation_failed`.
 */
export async function exportLines(
  deps: Deps,
  actor: ApiKeyActor,
  { tenantId = actor.tenantId, secrets }: { tenantId?: string | null | undefined; secrets: boolean },
  { limit, from }: { limit: number; from: Position },
): Promise<{ lines: Line[]; next: Position | undefined }> {
  await requireTenant(deps, actor, tenantId)
  const scope = { tenantId, secrets }
  if (secrets) await noteReading(deps, actor, tenantId)
  for (const stage of STAGES.slice(STAGES.indexOf(from.stage))) {
    const after = stage === from.stage ? from.after : undefined
    const { lines, last } = await READ[stage](deps, scope, { limit, after })
    const following = STAGES[STAGES.indexOf(stage) + 1]
    const next = last ? { stage, after: last } : following && { stage: following }
    if (lines.length > 0 || !next) return { lines, next }
  }
  return { lines: [], next: undefined }
}

/** Before anything is read: a reading that cannot be noted does not happen. */
async function noteReading(deps: Deps, actor: ApiKeyActor, tenantId: string | null): Promise<void> {
  if (actor.tenantId !== null || actor.permissions !== ALL_PERMISSIONS)
    throw new AppError('forbidden', { detail: 'Only an operator who may do everything may export secrets' })
  const target = { kind: 'export', id: tenantId ?? 'everything' }
  await deps.db.batch([auditStatement(deps, actor, { action: 'export.secrets', target, tenantId })])
}

async function exportRoles({ db }: Deps, { tenantId }: Scope, page: PageRequest): Promise<Page> {
  const rows = await listRoles(db, tenantId, {}, page)
  const tenantIds = [...new Set(rows.map((row) => row.tenantId))]
  const policies = await Promise.all(tenantIds.map((id) => selectTenant(db, id)))
  const forSignUp = new Set(policies.flat().map(({ signUp }) => signUp.roleId))
  return paged(rows, page, (row) => roleLine(row, forSignUp.has(row.id)))
}

async function exportClients(deps: Deps, { tenantId, secrets }: Scope, page: PageRequest): Promise<Page> {
  const { config, db } = deps
  const rows = await listClients(db, tenantId, {}, page)
  const sealed = secrets
    ? await clientSecretsOf(
        db,
        rows.map(({ id }) => id),
      )
    : []
  const opened = await Promise.all(
    sealed.map(async ({ id, secret }) => [id, await unseal(config, secretIdentity(id), secret)] as const),
  )
  const secretOf = new Map(opened)
  return paged(rows, page, (row) => clientLine(row, secretOf.get(row.id)))
}

function paged<Row extends { id: string }>(rows: Row[], page: PageRequest, toLine: (row: Row) => Line): Page {
  return { lines: rows.slice(0, page.limit).map(toLine), last: lastOf(rows, page) }
}

/** `rows` may be one more than the page holds. */
const lastOf = (rows: { id: string }[], { limit }: PageRequest) =>
  rows.length > limit ? rows[limit - 1]?.id : undefined
