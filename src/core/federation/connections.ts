/** Connections: shared ones by operators, a tenant's own by its keys. */
import {
  type ConnectionChanges as Columns,
  type Connection,
  type ConnectionFilter,
  deleteConnection,
  insertConnection,
  listConnections as listRows,
  selectConnection,
  throughConnection,
  throughDisabledConnection,
  updateConnection,
} from '../../db/connections.ts'
import type { PageRequest } from '../../db/page.ts'
import { endSessions } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { madeOnce } from '../directory/made-once.ts'
import { found, orConflict, requireTenant } from '../directory/refusals.ts'
import { announceEnd } from '../sessions/state.ts'
import { seal } from '../vault.ts'
import { clientSecretIdentity, samlKeyIdentity } from './client-secret.ts'
import { checkGivenKey, checkGroupRoles, checkWhole } from './connection-checks.ts'
import type { GivenSettings } from './saml/settings.ts'

export type { Connection }

export interface ConnectionChanges extends Omit<Columns, 'saml' | 'samlKey' | 'endpoints'> {
  endpoints?: { [Name in keyof Connection['endpoints']]?: string | undefined } | undefined
  saml?: (GivenSettings & { spKey?: string | null | undefined }) | null | undefined
}

export interface NewConnection extends ConnectionChanges {
  tenantId?: string | null | undefined
  kind: Connection['kind']
  name: string
}

/**
 * Answers what was made before with the same `onceKey`. Throws `idempotency_key_reused`, or `validation_failed`, which
 * names the field that this kind of connection cannot do without, or with.
 */
export async function createConnection(
  deps: Deps,
  actor: ApiKeyActor,
  input: NewConnection,
  onceKey?: string,
): Promise<Connection> {
  const { db } = deps
  const { kind, name } = input
  const tenantId = input.tenantId === undefined ? actor.tenantId : input.tenantId
  await requireTenant(deps, actor, tenantId)
  const now = deps.now()
  const blank: Connection = {
    id: newId(),
    tenantId,
    kind,
    name,
    clientId: null,
    clientSecret: null,
    apple: null,
    issuer: null,
    endpoints: {},
    scopes: null,
    saml: null,
    samlKey: null,
    groupRoles: {},
    allowUnsolicited: false,
    status: 'active',
    createdAt: now,
    updatedAt: now,
  }
  const connection = { ...blank, ...given(await toColumns(deps, blank, input)) }
  checkWhole(deps, connection)
  const outcome = await orConflict(
    madeOnce(deps, actor, { key: onceKey, kind: 'connection', input }, (mark) =>
      db.batch([
        insertConnection(db, connection),
        auditOfChange(deps, actor, entry('create', connection)),
        ...mark(connection.id),
      ]),
    ),
  )
  return 'before' in outcome ? getConnection(deps, actor, outcome.before) : found(outcome.made[0])
}

export async function getConnection(deps: Deps, actor: ApiKeyActor, id: string): Promise<Connection> {
  return found(await selectConnection(deps.db, actor.tenantId, id))
}

export function listConnections(deps: Deps, actor: ApiKeyActor, filter: ConnectionFilter, page: PageRequest) {
  return listRows(deps.db, actor.tenantId, filter, page)
}

/** Disabling ends every session that came through it. */
export async function changeConnection(deps: Deps, actor: ApiKeyActor, id: string, changes: ConnectionChanges) {
  const { db } = deps
  const connection = await getConnection(deps, actor, id)
  const columns = given(await toColumns(deps, connection, changes))
  checkWhole(deps, { ...connection, ...columns })
  const [rows, , ended] = await db.batch([
    updateConnection(db, actor.tenantId, id, columns, deps.now()),
    auditOfChange(deps, actor, entry('update', connection)),
    endSessions(db, throughDisabledConnection(db, id), 'revoked', deps.now()),
  ])
  await announceEnd(
    deps,
    ended.map((session) => session.id),
    'revoked',
  )
  return found(rows)
}

/** Takes the identities with it, and ends the sessions that came through it. Nothing happens when it is not there. */
export async function removeConnection(deps: Deps, actor: ApiKeyActor, id: string): Promise<void> {
  const { db } = deps
  const [connection] = await selectConnection(db, actor.tenantId, id)
  if (!connection) return
  const [ended] = await db.batch([
    endSessions(db, throughConnection(db, id), 'revoked', deps.now()),
    deleteConnection(db, actor.tenantId, id),
    auditOfChange(deps, actor, entry('delete', connection)),
  ])
  await announceEnd(
    deps,
    ended.map((session) => session.id),
    'revoked',
  )
}

/** Secrets sealed, SAML settings completed, everything that stands for itself checked. */
async function toColumns(
  deps: Deps,
  before: Connection,
  { saml, clientSecret, endpoints, ...plain }: ConnectionChanges,
) {
  const { config } = deps
  await checkGivenKey(plain.apple ?? before.apple, { changed: plain.apple !== undefined, clientSecret })
  await checkGroupRoles(deps, before.tenantId, plain.groupRoles)
  const sealed = clientSecret && (await seal(config, clientSecretIdentity(before.id), clientSecret))
  const columns = { ...plain, endpoints: endpoints && given(endpoints), clientSecret: sealed }
  if (!saml) return { ...columns, saml }
  // Loaded only when used: most requests have nothing to do with SAML.
  const { checkServiceKey, completeSettings } = await import('./saml/settings.ts')
  const { spKey, ...settings } = saml
  if (spKey) await checkServiceKey(spKey)
  return {
    ...columns,
    saml: await completeSettings(deps, settings, before.saml),
    samlKey: spKey && (await seal(config, samlKeyIdentity(before.id), spKey)),
  }
}

/** Without the members that are not given. */
function given<T extends object>(columns: T) {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>
  }
}

const entry = (verb: string, { id, tenantId }: Pick<Connection, 'id' | 'tenantId'>) => ({
  action: `connection.${verb}`,
  target: { kind: 'connection', id },
  tenantId,
})
