/**
 * Moving in: lines of any kind. Only for operators who may do everything, because lines give people rights and ways in.
 * A line whose references come before it finds them.
 */
import type { Deps } from '../../deps.ts'
import type { ApiKeyActor } from '../actor.ts'
import { ALL_PERMISSIONS } from '../directory/api-key-actor.ts'
import { requireOperator } from '../directory/refusals.ts'
import { AppError } from '../errors.ts'
import { importClients } from './import-clients.ts'
import { importIdentities } from './import-identities.ts'
import { importMemberships } from './import-memberships.ts'
import { importRoles } from './import-roles.ts'
import { importTenants, importUnits } from './import-tenants.ts'
import { importUsers } from './import-users.ts'
import type { Verdict } from './judge.ts'
import type { Line, LineOf, LineType } from './lines.ts'

export type { Verdict } from './judge.ts'
export type { Line, LineType } from './lines.ts'

type Importer<Lines> = (deps: Deps, actor: ApiKeyActor, lines: Lines[], dryRun: boolean) => Promise<Verdict[]>

const IMPORTERS: { [Type in LineType]: Importer<LineOf[Type]> } = {
  tenant: importTenants,
  unit: importUnits,
  role: importRoles,
  client: importClients,
  user: importUsers,
  membership: importMemberships,
  identity: importIdentities,
}

/**
 * One verdict for each line. Neighbours of one type go together, so that a sorted import takes two round trips a call.
 * With `dryRun` nothing is written, and references to what would have been are refused. Throws `conflict` when somebody
 * else was faster; what came before stays, and sending it all again goes on from there.
 */
export async function importLines(deps: Deps, actor: ApiKeyActor, lines: Line[], dryRun: boolean): Promise<Verdict[]> {
  requireOperator(actor)
  if (actor.permissions !== ALL_PERMISSIONS)
    throw new AppError('forbidden', { detail: 'Only an operator who may do everything may import' })
  const verdicts: Verdict[] = []
  for (let at = 0; at < lines.length; at = verdicts.length) {
    const type = lines[at]?.type ?? 'tenant'
    const end = lines.findIndex((line, index) => index > at && line.type !== type)
    const run = lines.slice(at, end < 0 ? lines.length : end)
    verdicts.push(...(await (IMPORTERS[type] as Importer<Line>)(deps, actor, run, dryRun)))
  }
  return verdicts
}
