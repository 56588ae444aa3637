/**
 * An identity that waits for its user: the browser that brought it could not show that it is theirs. The code is worth
 * nothing without the access token of the very user who asked for the link, so that nobody's login ends up in the
 * account of somebody else.
 */
import * as z from 'zod'
import type { Client } from '../../db/clients.ts'
import { selectConnection } from '../../db/connections.ts'
import { consumeLinkCode, IDENTITY_LINK } from '../../db/federation-flows.ts'
import { insertOneTimeSecret } from '../../db/one-time.ts'
import type { Deps } from '../../deps.ts'
import type { UserActor } from '../actor.ts'
import { newId, randomToken, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { type FoundIdentity, finishLink } from './links.ts'
import type { ProviderName } from './providers.ts'

const LIFETIME_MS = 5 * 60_000

const LinkData = z.object({ connectionId: z.string(), kind: z.string(), subject: z.string() })

export async function makeLinkCode(
  deps: Deps,
  client: Client,
  { userId, connection, subject }: FoundIdentity,
): Promise<string> {
  const code = randomToken()
  const data: z.infer<typeof LinkData> = { connectionId: connection.id, kind: connection.kind, subject }
  await insertOneTimeSecret(deps.db, {
    kind: IDENTITY_LINK,
    hash: await sha256(code),
    clientId: client.id,
    userId,
    tenantId: null,
    data,
    expiresAt: new Date(deps.now().getTime() + LIFETIME_MS),
  })
  return code
}

/** Throws `code_invalid` for a code that is not this user's, or used, or expired, and what `finishLink` throws. */
export async function confirmLink(
  deps: Deps,
  actor: UserActor,
  { provider, code }: { provider: ProviderName; code: string },
): Promise<void> {
  const use = { kind: IDENTITY_LINK, hash: await sha256(code), useId: newId(), now: deps.now() }
  const [taken] = await consumeLinkCode(deps.db, use, { userId: actor.id, kind: provider })
  if (!taken) throw new AppError('code_invalid')
  const { connectionId, subject } = LinkData.parse(taken.data)
  const [connection] = await selectConnection(deps.db, null, connectionId)
  if (connection?.status !== 'active') throw new AppError('code_invalid')
  await finishLink(deps, { userId: actor.id, sessionId: actor.sessionId, connection, subject })
}
