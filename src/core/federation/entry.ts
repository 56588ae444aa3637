/** From a person whom a provider vouches for to a code: where every federated login ends, SAML too. */
import { insertLoginActivity } from '../../db/login-activity.ts'
import type { Principal } from '../../db/principals.ts'
import { insertProviderSession } from '../../db/provider-sessions.ts'
import type { Deps } from '../../deps.ts'
import { failedActivity } from '../activity/login-activity.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { grantCode } from '../sessions/login.ts'
import { type Arrival, recognisePerson } from './person.ts'
import { newProviderSession } from './provider-sessions.ts'
import type { ProviderTokens } from './redemption.ts'

export interface Entry extends Arrival {
  /** Null where the provider gives none. */
  tokens: ProviderTokens | null
  codeChallenge?: string | undefined
}

/** Throws what `recognisePerson` and `grantCode` throw; each refusal leaves an activity row. */
export async function enterThroughProvider(deps: Deps, entry: Entry): Promise<string> {
  const { client, connection, tokens, codeChallenge } = entry
  const method = connection.kind
  let principal: Principal | undefined
  try {
    principal = await recognisePerson(deps, entry)
    const sessionId = newId()
    const origin = await newProviderSession(deps, { sessionId, connection, tokens })
    const settle = [insertProviderSession(deps.db, origin)]
    return await grantCode(deps, { client, principal, method, codeChallenge, sessionId }, { settle })
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const tenantId = principal?.membership?.tenantId ?? connection.tenantId ?? client.defaultTenantId
    const failed = await failedActivity(deps, { actor: principal?.user.id ?? '', tenantId, method })
    await insertLoginActivity(deps.db, failed)
    throw thrown
  }
}
