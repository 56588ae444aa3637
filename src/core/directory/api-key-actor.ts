/** An API key into an actor: one query, none for the first operator key. */
import { findUsableApiKey } from '../../db/api-keys.ts'
import type { Deps } from '../../deps.ts'
import type { ApiKeyActor } from '../actor.ts'
import { sameDigest, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'

export const ALL_PERMISSIONS = 15

const OPERATOR: ApiKeyActor = {
  kind: 'api-key',
  id: 'operator',
  tenantId: null,
  permissions: ALL_PERMISSIONS,
  ownerId: null,
}

/**
 * Throws `api_key_invalid` when it is unknown, revoked or expired, its owner blocked or its tenant suspended. `alsoSuspended`
 * is for a door at which nobody of such a tenant gets in anyway.
 */
export async function authenticateApiKey(
  deps: Deps,
  key: string,
  { alsoSuspended = false } = {},
): Promise<ApiKeyActor> {
  const hash = await sha256(key)
  if (sameDigest(hash, await sha256(deps.config.ADMIN_API_KEY))) return OPERATOR
  const found = await findUsableApiKey(deps.db, hash, deps.now())
  if (!found || (found.suspended && !alsoSuspended)) throw new AppError('api_key_invalid')
  const { id, tenantId, permissions, ownerId } = found
  return { kind: 'api-key', id: String(id), tenantId, permissions, ownerId }
}
