/** A new signing key now, because an operator says so: after an incident, or to try it. */
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { requireOperator } from '../directory/refusals.ts'
import { replaceSigningKey } from './signing-keys.ts'

/** Answers the new key's id. With `revoke` every access token that was signed before is void at once. */
export async function rotateSigningKey(
  deps: Deps,
  actor: ApiKeyActor,
  { revoke }: { revoke: boolean },
): Promise<string> {
  requireOperator(actor)
  const action = revoke ? 'signing-key.revoke' : 'signing-key.rotate'
  return replaceSigningKey(deps, { revoke }, (id) =>
    auditStatement(deps, actor, { action, target: { kind: 'signing-key', id }, tenantId: null }),
  )
}
