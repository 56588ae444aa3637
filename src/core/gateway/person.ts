/** The person behind the gateway's cookie, for the pages that are about themselves. */
import { selectPrincipal } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { personRefusal } from '../sessions/admission.ts'
import { findCaller } from './standing.ts'

/** Throws `unauthenticated` also when the person may no longer be there. */
export async function getPerson(deps: Deps, cookie: string | undefined) {
  const { userId, tenantId, sessionId } = await findCaller(deps, { cookie })
  const [principal] = await selectPrincipal(deps.db, { userId, tenantId })
  if (!principal?.tenant || personRefusal(principal)) throw new AppError('unauthenticated')
  const { user, tenant } = principal
  const { id, username, locale } = user
  return { kind: 'user' as const, id, username, locale, tenantId, tenant, sessionId }
}
