/** Logging in to a client with a passkey alone: it says who the person is, and has checked them itself. */
import { selectVerifiedClient } from '../../db/clients.ts'
import { selectPasskey, userOfPasskey } from '../../db/passkeys.ts'
import { selectLoginById } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { countRefused } from '../activity/refused-logins.ts'
import { secretDigests } from '../directory/client-secrets.ts'
import { AppError } from '../errors.ts'
import { grantCode } from '../sessions/login.ts'
import { PASSKEY, provePasskey } from './passkey-proof.ts'
import type { AuthenticationResponseJSON } from './webauthn.ts'

interface PasskeyLogin {
  clientId: string
  clientSecret: string | undefined
  codeChallenge?: string | undefined
  response: AuthenticationResponseJSON
}

/**
 * A code for the client to exchange. The passkey has checked the person, so it stands for both factors.
 * Throws `client_unverified`, `credentials_invalid`, `too_many_attempts`, or why the person may not log in.
 */
export async function logInByPasskey(deps: Deps, login: PasskeyLogin): Promise<string> {
  const { db } = deps
  const { clientId, clientSecret, codeChallenge, response } = login
  const digests = await secretDigests(deps, clientSecret ?? '')
  const [[client], [passkey], [principal]] = await db.batch([
    selectVerifiedClient(db, clientId, digests, deps.now()),
    selectPasskey(db, response.id),
    selectLoginById(db, userOfPasskey(response.id)),
  ])
  if (!client) throw new AppError('client_unverified')
  const tenantId = principal?.user.defaultTenantId ?? client.defaultTenantId
  const { principal: owner, proof } = await provePasskey(deps, response, { passkey, principal, tenantId })
  const proved = { client, principal: owner, method: PASSKEY, secondFactorProved: true, codeChallenge }
  return grantCode(deps, proved, proof).catch(countRefused(deps, { method: PASSKEY, tenantId }))
}
