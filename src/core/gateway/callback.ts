/** The gateway takes the identity token back, once, from the browser that it sent away. */
import * as z from 'zod'
import { consumeOneTimeSecret, selectOneTimeSecret } from '../../db/one-time.ts'
import { selectPrincipal } from '../../db/principals.ts'
import { selectTenantByKey } from '../../db/tenants.ts'
import type { Deps } from '../../deps.ts'
import { newId, sameDigest, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { openSessionFor } from '../sessions/direct-opening.ts'
import { IMID_TOKEN } from './arrival.ts'
import { allowedCallback } from './callbacks.ts'
import { makeCredential } from './credential.ts'
import { AUDIENCE, verifyIdentityToken } from './identity-token.ts'
import { refreshStanding } from './standing.ts'

interface Callback {
  token: string | undefined
  serviceCallback: string | undefined
  /** What this browser kept of the logins it started. */
  secrets: string[]
}

const Kept = z.object({ method: z.string(), sessionId: z.string().nullable().default(null) })

/**
 * A new session, never one that was there before. Throws `parameter_missing`, `parameter_invalid` (not an address of the
 * organisation) or `forbidden`: a token of another browser, another organisation, a second use, or nobody's.
 */
export async function takeCallback(deps: Deps, { token, serviceCallback, secrets }: Callback) {
  if (!token || !serviceCallback) throw new AppError('parameter_missing')
  const claims = await verifyIdentityToken(deps, token)
  const digests = await Promise.all(secrets.map(sha256))
  const started = secrets.find((_, n) => sameDigest(digests[n] ?? '', claims.txn))
  if (started === undefined) throw new AppError('forbidden')

  const { db } = deps
  const use = { kind: IMID_TOKEN, hash: await sha256(claims.jti), useId: newId(), now: deps.now() }
  const [tenant] = await selectTenantByKey(db, claims.org)
  if (tenant?.status !== 'active') throw new AppError('forbidden')
  const location = allowedCallback(deps.config, tenant, serviceCallback)
  if (!location) throw new AppError('parameter_invalid')
  const [[kept], [principal]] = await db.batch([
    selectOneTimeSecret(db, use),
    selectPrincipal(db, { userId: claims.sub, tenantId: tenant.id }),
  ])
  if (!kept || kept.tenantId !== tenant.id || kept.userId !== claims.sub || !principal) throw new AppError('forbidden')
  const { SESSION_IDLE_SECONDS, SESSION_ABSOLUTE_SECONDS } = deps.config
  const lifetimeSeconds = Math.min(SESSION_IDLE_SECONDS, SESSION_ABSOLUTE_SECONDS)
  const { method, sessionId: named } = Kept.parse(kept.data)
  const { sessionId } = await openSessionFor(
    deps,
    { principal, method, audience: AUDIENCE, lifetimeSeconds, sessionId: named },
    { first: consumeOneTimeSecret(db, use), orElse: 'forbidden', settle: [] },
  ).catch((cause: unknown) => {
    throw cause instanceof AppError ? new AppError('forbidden', { cause }) : cause
  })
  // Known from the first, so that it goes on also when the store is lost before anybody asks for it.
  const unknown = (cause: unknown) => deps.log('warn', 'standing of a new session not kept', { cause })
  deps.defer(refreshStanding(deps, sessionId).catch(unknown))
  return { location, secret: started, credential: await makeCredential(deps, sessionId) }
}
