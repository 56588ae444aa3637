/** People. Somebody else of the same username stays who they are: a username that is taken is refused. */
import { soughtUsers, tenantsThere } from '../../db/import-lookups.ts'
import { insertMany } from '../../db/insert-many.ts'
import { passwords, secondFactors, users } from '../../db/schema.ts'
import { insertSettings, type NewSetting } from '../../db/user-settings.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { sealSecret } from '../credentials/authenticator.ts'
import { isImportableHash } from '../credentials/password.ts'
import { UNBEARABLE_HASH } from '../directory/first-password.ts'
import { keptSettings } from '../directory/user-settings.ts'
import { userRow } from '../directory/users.ts'
import type { Issue } from '../errors.ts'
import { distinct, flaw, importer, issuesOfRefusal, type Kind, missing } from './judge.ts'
import type { UserLine } from './lines.ts'

type Row = ReturnType<typeof userRow> & {
  hash: string | undefined
  /** Sealed. */
  authenticator: string | undefined
  factorEstablished: boolean
  settings: NewSetting[]
}

const userKind: Kind<UserLine, Row, { id: string; usernameKey: string }> = {
  keyOf: (one) => ['usernameKey' in one ? one.usernameKey : lookupKey(one.username)],
  async look(deps, sought, lines) {
    const { db } = deps
    const [known, there] = await db.batch([
      soughtUsers(db, sought),
      tenantsThere(db, distinct(lines.map(({ defaultTenantId }) => defaultTenantId))),
    ])
    const tenantIds = new Set(there.map(({ id }) => id))
    return { known, flaws: (line) => flawsOf(line, tenantIds), row: (line, id) => rowOf(deps, line, id) }
  },
  isAnother: ({ username }, { usernameKey }) => lookupKey(username) !== usernameKey,
  differs: () => [flaw('username', 'is taken by somebody else')],
  write({ db }, rows) {
    const hashes = rows.flatMap(({ id, hash, createdAt }) => (hash ? [{ userId: id, hash, changedAt: createdAt }] : []))
    const factors = rows.flatMap(({ id, authenticator = null, factorEstablished, createdAt: at }) => {
      const app = {
        secret: authenticator,
        confirmedAt: authenticator === null ? null : at,
        pendingSecret: null,
        lastStep: 0,
      }
      return authenticator || factorEstablished ? [{ userId: id, ...app, establishedAt: at }] : []
    })
    return [
      insertMany(db, users, rows),
      insertMany(db, passwords, hashes),
      insertMany(db, secondFactors, factors),
      insertSettings(
        db,
        rows.flatMap(({ id, settings }) => settings.map((setting) => ({ ...setting, userId: id }))),
      ),
    ]
  },
  audit: ({ id, defaultTenantId }) => ({
    action: 'user.import',
    target: { kind: 'user', id },
    tenantId: defaultTenantId,
  }),
}

function flawsOf({ defaultTenantId, passwordHash, settings = [] }: UserLine, tenantIds: Set<string>): Issue[] {
  return [
    ...(defaultTenantId && !tenantIds.has(defaultTenantId) ? [missing('defaultTenantId')] : []),
    ...(passwordHash !== undefined && !isImportableHash(passwordHash) ? [flaw('passwordHash', UNBEARABLE_HASH)] : []),
    ...issuesOfRefusal(() => keptSettings(settings, [])),
  ]
}

async function rowOf(deps: Deps, line: UserLine, id: string): Promise<Row> {
  const { passwordHash, authenticatorSecret, secondFactorEstablished = false, ...rest } = line
  const { settings = [], profile = {}, ...own } = rest
  return {
    ...userRow({ ...own, profile: known(profile) }, { id, now: deps.now() }),
    hash: passwordHash,
    authenticator: authenticatorSecret && (await sealSecret(deps, id, 'secret', authenticatorSecret)),
    factorEstablished: secondFactorEstablished,
    settings,
  }
}

const known = (profile: NonNullable<UserLine['profile']>) =>
  Object.fromEntries(Object.entries(profile).flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])))

export const importUsers = importer(userKind)
