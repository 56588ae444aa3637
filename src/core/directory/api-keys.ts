/** API keys. No key makes another that may do more, or that sees more, than itself. */
import {
  type ApiKeyChanges,
  type ApiKeyEntry,
  type ApiKeyFilter,
  deleteApiKey,
  idOfKey,
  insertApiKey,
  listApiKeys as listRows,
  selectApiKey,
  updateApiKey,
} from '../../db/api-keys.ts'
import type { PageRequest } from '../../db/page.ts'
import { selectDirectoryUser } from '../../db/user-directory.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { randomToken, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { madeOnce } from './made-once.ts'
import { found, orConflict, requireTenant, unknownReference } from './refusals.ts'

export type { ApiKeyEntry }

export interface NewApiKey {
  name: string
  description?: string | undefined
  /** Absent: the tenant of the key that makes it. */
  tenantId?: string | null | undefined
  ownerId?: string | null | undefined
  permissions: number
  expireDate?: Date | null | undefined
  revoked?: boolean | undefined
}

/** 192 bits, 32 characters of base64url. */
const KEY_BYTES = 24

/**
 * The key itself is in this answer and nowhere else; what was made before with the same `onceKey` comes without it.
 * Throws `forbidden` for more than the caller has itself, or `idempotency_key_reused`.
 */
export async function createApiKey(deps: Deps, actor: ApiKeyActor, input: NewApiKey, onceKey?: string) {
  const { db } = deps
  const {
    name,
    description = '',
    tenantId = actor.tenantId,
    ownerId = null,
    permissions,
    expireDate = null,
    revoked = false,
  } = input
  const asksForMore = (permissions & ~actor.permissions) !== 0 || (actor.tenantId !== null && tenantId === null)
  if (asksForMore) throw new AppError('forbidden', { detail: 'A key cannot give more than it has' })
  await requireTenant(deps, actor, tenantId)
  if (ownerId !== null && (await selectDirectoryUser(db, tenantId, ownerId)).length === 0)
    throw unknownReference('ownerId')

  const key = `api_${randomToken(KEY_BYTES)}`
  const hash = await sha256(key)
  const now = deps.now()
  const row = { name, description, tenantId, ownerId, permissions, expireDate, revoked, hash }
  const id = idOfKey(hash)
  const outcome = await orConflict(
    madeOnce(deps, actor, { key: onceKey, kind: 'api-key', input }, (mark) =>
      db.batch([
        insertApiKey(db, { ...row, lastFour: key.slice(-4), createdAt: now, updatedAt: now }),
        auditOfChange(deps, actor, { action: 'api-key.create', target: { kind: 'api-key', id }, tenantId }),
        ...mark(id),
      ]),
    ),
  )
  if ('before' in outcome) return { apiKey: await getApiKey(deps, actor, Number(outcome.before)), key: undefined }
  return { apiKey: found(outcome.made[0]), key }
}

export async function getApiKey(deps: Deps, actor: ApiKeyActor, id: number): Promise<ApiKeyEntry> {
  return found(await selectApiKey(deps.db, actor.tenantId, id))
}

export function listApiKeys(deps: Deps, actor: ApiKeyActor, filter: ApiKeyFilter, page: PageRequest<number>) {
  return listRows(deps.db, actor.tenantId, filter, page)
}

/** A key that is revoked stays so. */
export async function changeApiKey(deps: Deps, actor: ApiKeyActor, id: number, changes: ApiKeyChanges) {
  const { db } = deps
  const before = await getApiKey(deps, actor, id)
  const [rows] = await db.batch([
    updateApiKey(db, actor.tenantId, id, changes, deps.now()),
    auditOfChange(deps, actor, entry(changes.revoked ? 'revoke' : 'update', before)),
  ])
  return found(rows)
}

/** Nothing happens when it is not there. */
export async function removeApiKey(deps: Deps, actor: ApiKeyActor, id: number): Promise<void> {
  const { db } = deps
  const [before] = await selectApiKey(db, actor.tenantId, id)
  if (!before) return
  await db.batch([deleteApiKey(db, actor.tenantId, id), auditOfChange(deps, actor, entry('delete', before))])
}

const entry = (verb: string, { id, tenantId }: Pick<ApiKeyEntry, 'id' | 'tenantId'>) => ({
  action: `api-key.${verb}`,
  target: { kind: 'api-key', id: String(id) },
  tenantId,
})
