/** A passkey on the hosted pages: no username is asked for, and no second factor. */
import { selectPasskey, userOfPasskey } from '../../db/passkeys.ts'
import { selectPrincipal } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { countRefused } from '../activity/refused-logins.ts'
import { PASSKEY, provePasskey } from '../credentials/passkey-proof.ts'
import type { AuthenticationResponseJSON } from '../credentials/webauthn.ts'
import { personRefusal } from '../sessions/admission.ts'
import { arrive } from './arrival.ts'
import type { LoginFlow } from './login-flow.ts'

/** Throws `credentials_invalid` (also for somebody who may not be in this tenant), `login_denied` or `too_many_attempts`. */
export async function logInWithPasskey(deps: Deps, flow: LoginFlow, response: AuthenticationResponseJSON) {
  const { db } = deps
  const [[passkey], [principal]] = await db.batch([
    selectPasskey(db, response.id),
    selectPrincipal(db, { userId: userOfPasskey(response.id), tenantId: flow.tenant.id }),
  ])
  const { id: tenantId } = flow.tenant
  const member = principal && !personRefusal(principal) ? principal : undefined
  const { principal: owner, proof } = await provePasskey(deps, response, { passkey, principal: member, tenantId })
  const arrival = { principal: owner, method: PASSKEY, groups: null, suffices: true }
  return arrive(deps, flow, arrival, proof).catch(countRefused(deps, { method: PASSKEY, tenantId }))
}
