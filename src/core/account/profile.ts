/** One's own account: what the person may see of it, and change. */
import { type ApiKeyEntry, selectOwnApiKeys } from '../../db/api-keys.ts'
import { selectRoleOfMember } from '../../db/roles.ts'
import { type DirectoryUser, selectDirectoryUser, updateUser } from '../../db/user-directory.ts'
import { type SettingValue, updateSettingValues } from '../../db/user-settings.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { UserActor } from '../actor.ts'
import { AppError } from '../errors.ts'

export interface Account {
  user: DirectoryUser
  /** Names of roles in the tenant at hand. */
  roles: string[]
  /** The person's keys for the tenant at hand. */
  apiKeys: ApiKeyEntry[]
}

export interface AccountChanges {
  firstName?: string | null | undefined
  lastName?: string | null | undefined
  profile: Record<string, string | null>
  settings: SettingValue[]
}

/** Throws `token_revoked` when the person is gone from the tenant. */
export async function getAccount(deps: Deps, actor: UserActor): Promise<Account> {
  return toAccount(await deps.db.batch(readAccount(deps, actor)))
}

/** Settings that are read-only, or not the person's, are left alone. */
export async function changeAccount(deps: Deps, actor: UserActor, changes: AccountChanges): Promise<Account> {
  const { db } = deps
  const { settings, ...columns } = changes
  const target = { kind: 'user', id: actor.id }
  const [, , , ...account] = await db.batch([
    updateUser(db, null, actor.id, columns, deps.now()),
    auditOfChange(deps, actor, { action: 'user.update', target, tenantId: actor.tenantId }),
    updateSettingValues(db, actor.id, settings),
    ...readAccount(deps, actor),
  ])
  return toAccount(account)
}

const readAccount = ({ db }: Deps, { id, tenantId }: UserActor) =>
  [
    selectDirectoryUser(db, tenantId, id),
    selectRoleOfMember(db, tenantId, id),
    selectOwnApiKeys(db, tenantId, id),
  ] as const

type Rows = readonly [DirectoryUser[], { name: string }[], ApiKeyEntry[]]

function toAccount([[user], roles, apiKeys]: Rows): Account {
  if (!user) throw new AppError('token_revoked')
  return { user, roles: roles.map(({ name }) => name), apiKeys }
}
