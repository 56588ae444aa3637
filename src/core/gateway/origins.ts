/** Which web origins belong to an organisation: those of its callbacks. */
import { selectTenant } from '../../db/tenants.ts'
import type { Deps } from '../../deps.ts'
import { callbackOrigins } from './callbacks.ts'

export async function isOrganisationOrigin(deps: Deps, tenantId: string, origin: string): Promise<boolean> {
  const [tenant] = await selectTenant(deps.db, tenantId)
  return tenant !== undefined && callbackOrigins(tenant).includes(origin)
}
