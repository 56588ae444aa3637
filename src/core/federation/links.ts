/** A signed-in user's identities at providers: adding one, taking one away, but never the last way in. */
import { isUniqueViolation } from '../../db/batch.ts'
import { selectClientByClientId } from '../../db/clients.ts'
import { type Connection, selectConnectionOfClient } from '../../db/connections.ts'
import { deleteIdentities, listIdentities as listRows, selectIdentity, selectManaged } from '../../db/identities.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import type { UserActor } from '../actor.ts'
import { AppError } from '../errors.ts'
import { sessionState } from '../sessions/state.ts'
import { type Departure, departTo } from './departure.ts'
import { linkIdentity } from './person.ts'
import type { ProviderName } from './providers.ts'

/** Throws `client_unknown`, `not_found`, `provider_failed` or `provider_unavailable`. */
export async function startLink(
  deps: Deps,
  actor: UserActor,
  { provider, state }: { provider: ProviderName; state?: string | undefined },
): Promise<Departure> {
  const clientId = actor.claims.aud
  const [[client], [connection]] = await deps.db.batch([
    selectClientByClientId(deps.db, clientId),
    selectConnectionOfClient(deps.db, provider, clientId),
  ])
  if (!client?.redirectUrl) throw new AppError('client_unknown')
  if (!connection) throw new AppError('not_found', { detail: 'There is no such connection' })
  const link = { userId: actor.id, sessionId: actor.sessionId }
  return departTo(deps, { client, connection, callerState: state, link })
}

/** What the provider says of the person who was sent there, and who sent them. */
export interface FoundIdentity {
  userId: string
  sessionId: string
  connection: Connection
  subject: string
}

/**
 * Linking twice is fine. Throws `token_revoked` when the user has logged out meanwhile, `conflict` when somebody else has
 * this identity, `forbidden` when the connection may not speak for the user.
 */
export async function finishLink(deps: Deps, { userId, sessionId, connection, subject }: FoundIdentity): Promise<void> {
  const { endedAt } = await sessionState(deps, sessionId)
  if (endedAt) throw new AppError('token_revoked')
  const [person] = await selectManaged(deps.db, connection.tenantId, userId)
  if (!person?.managed) throw new AppError('forbidden', { detail: 'This login cannot speak for your account' })
  try {
    await linkIdentity(deps, { connection, subject, userId })
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause
    const [identity] = await selectIdentity(deps.db, connection.id, subject)
    if (identity?.userId !== userId) throw new AppError('conflict', { detail: 'Somebody else has this login', cause })
  }
}

export function listIdentities(deps: Deps, actor: UserActor) {
  return listRows(deps.db, actor.id)
}

/** Throws `not_found` without such an identity, and `conflict` where the user could not get in any more. */
export async function unlink(deps: Deps, actor: UserActor, provider: ProviderName): Promise<void> {
  const { db } = deps
  const target = { kind: 'user', id: actor.id }
  const [before, removed] = await db.batch([
    listRows(db, actor.id),
    deleteIdentities(db, actor.id, provider),
    auditOfChange(deps, actor, { action: 'identity.unlink', target, tenantId: actor.tenantId }),
  ])
  if (!before.some(({ kind }) => kind === provider))
    throw new AppError('not_found', { detail: 'There is no such identity' })
  if (removed.length === 0) throw new AppError('conflict', { detail: 'This is the only way into the account' })
}
