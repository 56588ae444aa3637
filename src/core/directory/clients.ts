/** Clients: made by operators for everybody, by a tenant for itself. */
import {
  type ClientFilter,
  type ClientChanges as Columns,
  type DirectoryClient,
  deleteClient,
  insertClient,
  listClients as listRows,
  replaceOrigins,
  rotateSecret,
  selectDirectoryClient,
  updateClient,
} from '../../db/client-directory.ts'
import type { PageRequest } from '../../db/page.ts'
import { endSessions, ofClient, ofDisabledClient } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { newId, randomToken } from '../crypto.ts'
import { announceEnded } from '../sessions/state.ts'
import { forgetOrigins } from './client-origins.ts'
import { storedSecret } from './client-secrets.ts'
import { madeOnce } from './made-once.ts'
import { found, orConflict, requireTenant } from './refusals.ts'

export type { DirectoryClient }

export interface ClientChanges extends Columns {
  origins?: string[] | undefined
}

export interface NewClient extends ClientChanges {
  name: string
  clientId?: string | undefined
  clientSecret?: string | undefined
}

/** Lifetimes in seconds. */
const DEFAULTS = { accessTokenExpiration: 900, refreshTokenExpiration: 86_400, authCodeExpiration: 180 }

/**
 * A public client has a secret too: its requests to the devices family are signed with it. What was made before with the
 * same `onceKey` comes without the secret. Throws `conflict` or `idempotency_key_reused`.
 */
export async function createClient(deps: Deps, actor: ApiKeyActor, input: NewClient, onceKey?: string) {
  const { db } = deps
  const { clientSecret = randomToken() } = input
  const id = newId()
  const defaultTenantId = input.defaultTenantId ?? actor.tenantId
  await requireTenant(deps, actor, defaultTenantId, 'defaultTenantId')
  const client = await clientRow(deps, { ...input, clientSecret, defaultTenantId }, id)
  const asked = { key: onceKey, kind: 'client', input }
  const outcome = await orConflict(
    madeOnce(deps, actor, asked, (mark) =>
      db.batch([
        insertClient(db, client),
        auditOfChange(deps, actor, entry('create', client)),
        ...replaceOrigins(db, id, input.origins),
        selectDirectoryClient(db, actor.tenantId, id),
        ...mark(id),
      ]),
    ),
  )
  if ('before' in outcome) return { client: await getClient(deps, actor, outcome.before), clientSecret: undefined }
  forgetOrigins(deps)
  return { client: found(outcome.made[4]), clientSecret }
}

/** A new client, with what is meant where nothing is said. Without a secret it gets one that nobody knows. */
export async function clientRow(deps: Deps, input: NewClient, id: string) {
  const now = deps.now()
  return {
    id,
    clientId: input.clientId ?? randomToken(16),
    name: input.name,
    type: input.type ?? ('confidential' as const),
    status: input.status ?? ('active' as const),
    defaultTenantId: input.defaultTenantId ?? null,
    redirectUrl: input.redirectUrl ?? null,
    redirectUris: input.redirectUris ?? [],
    accessTokenExpiration: input.accessTokenExpiration ?? DEFAULTS.accessTokenExpiration,
    refreshTokenExpiration: input.refreshTokenExpiration ?? DEFAULTS.refreshTokenExpiration,
    authCodeExpiration: input.authCodeExpiration ?? DEFAULTS.authCodeExpiration,
    signatureVersions: input.signatureVersions ?? [1, 2],
    ...(await storedSecret(deps, id, input.clientSecret ?? randomToken())),
    createdAt: now,
    updatedAt: now,
  }
}

export async function getClient(deps: Deps, actor: ApiKeyActor, id: string): Promise<DirectoryClient> {
  return found(await selectDirectoryClient(deps.db, actor.tenantId, id))
}

export function listClients(deps: Deps, actor: ApiKeyActor, filter: ClientFilter, page: PageRequest) {
  return listRows(deps.db, actor.tenantId, filter, page)
}

/** Disabling ends every session that the client opened. */
export async function changeClient(deps: Deps, actor: ApiKeyActor, id: string, { origins, ...columns }: ClientChanges) {
  const { db } = deps
  const client = await getClient(deps, actor, id)
  const { defaultTenantId } = columns
  if (defaultTenantId !== undefined) await requireTenant(deps, actor, defaultTenantId, 'defaultTenantId')
  const [, , ended, , , rows] = await orConflict(
    db.batch([
      updateClient(db, actor.tenantId, id, columns, deps.now()),
      auditOfChange(deps, actor, entry('update', client)),
      endSessions(db, ofDisabledClient(id), 'blocked', deps.now()),
      ...replaceOrigins(db, id, origins),
      selectDirectoryClient(db, actor.tenantId, id),
    ]),
  )
  forgetOrigins(deps)
  await announceEnded(deps, ended, 'blocked')
  return found(rows)
}

/** Nothing happens when it is not there. */
export async function removeClient(deps: Deps, actor: ApiKeyActor, id: string): Promise<void> {
  const { db } = deps
  const [client] = await selectDirectoryClient(db, actor.tenantId, id)
  if (!client) return
  const [ended] = await db.batch([
    endSessions(db, ofClient(id), 'revoked', deps.now()),
    deleteClient(db, actor.tenantId, id),
    auditOfChange(deps, actor, entry('delete', client)),
  ])
  forgetOrigins(deps)
  await announceEnded(deps, ended, 'revoked')
}

/** A new secret; the one before works for `overlapSeconds` more, none that is older. */
export async function rotateClientSecret(
  deps: Deps,
  actor: ApiKeyActor,
  { id, overlapSeconds }: { id: string; overlapSeconds: number },
) {
  const { db } = deps
  const client = await getClient(deps, actor, id)
  const clientSecret = randomToken()
  const now = deps.now()
  const next = await storedSecret(deps, id, clientSecret)
  const previousUntil = overlapSeconds > 0 ? new Date(now.getTime() + overlapSeconds * 1000) : null
  const [, , rows] = await db.batch([
    rotateSecret(db, actor.tenantId, id, { next, previousUntil, now }),
    auditOfChange(deps, actor, entry('secret.rotate', client)),
    selectDirectoryClient(db, actor.tenantId, id),
  ])
  return { client: found(rows), clientSecret }
}

const entry = (verb: string, { id, defaultTenantId }: Pick<DirectoryClient, 'id' | 'defaultTenantId'>) => ({
  action: `client.${verb}`,
  target: { kind: 'client', id },
  tenantId: defaultTenantId,
})
