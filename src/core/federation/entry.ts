/** From a person whom a provider vouches for to wherever they are let in: where every federated login ends, SAML too. */
import type { Statement } from '../../db/batch.ts'
import { insertLoginActivity } from '../../db/login-activity.ts'
import type { Principal } from '../../db/principals.ts'
import { insertProviderSession } from '../../db/provider-sessions.ts'
import type { Deps } from '../../deps.ts'
import { failedActivity } from '../activity/login-activity.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { type Arrival, recognisePerson } from './person.ts'
import { newProviderSession } from './provider-sessions.ts'
import type { ProviderTokens } from './redemption.ts'

export interface Entry extends Arrival {
  /** Null where the provider gives none. */
  tokens: ProviderTokens | null
}

/** Somebody who is to be let in. */
export interface Entrant {
  principal: Principal
  method: string
  /** The session that is to be opened; what the provider gave is kept for that one. */
  sessionId: string
  /** For the batch that lets them in. */
  settle: Statement[]
}

/** Throws what `recognisePerson` and `letIn` throw; each refusal leaves an activity row. */
export async function enterThroughProvider(
  deps: Deps,
  entry: Entry,
  letIn: (entrant: Entrant) => Promise<string>,
): Promise<string> {
  const { connection, tokens, landing } = entry
  const method = connection.kind
  let principal: Principal | undefined
  try {
    principal = await recognisePerson(deps, entry)
    const sessionId = newId()
    const origin = await newProviderSession(deps, { sessionId, connection, tokens })
    return await letIn({ principal, method, sessionId, settle: [insertProviderSession(deps.db, origin)] })
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const tenantId = principal?.membership?.tenantId ?? connection.tenantId ?? landing.tenantId
    const failed = await failedActivity(deps, { actor: principal?.user.id ?? '', tenantId, method })
    await insertLoginActivity(deps.db, failed)
    throw thrown
  }
}
