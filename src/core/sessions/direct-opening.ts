/** Opening a session that no client asked for, in the batch that also spends what proved the person. */
import type { Statement } from '../../db/batch.ts'
import { insertActivityOfSession, updateTokenPayload } from '../../db/login-activity.ts'
import { type Principal, selectPrincipal } from '../../db/principals.ts'
import { insertSession, spentJustNow } from '../../db/session-openings.ts'
import { touchLastLogin } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { activityBase, payloadIdentity, type TokenFacts, tokenPayload } from '../activity/login-activity.ts'
import { newId } from '../crypto.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { seal } from '../vault.ts'
import { personRefusal } from './admission.ts'
import { methodReferences } from './authentication-methods.ts'
import { personClaims } from './claims.ts'
import { announceSession } from './state.ts'
import { signTokenPair } from './token-pair.ts'

export interface DirectLogin {
  /** In the tenant that the session is for. */
  principal: Principal
  method: string
  /** What the token is for, in the place of a client's id. */
  audience: string
  /** Of the session and of its one token: it cannot be refreshed. */
  lifetimeSeconds: number
  /** The session's id, where it has one before it is opened. */
  sessionId?: string | null
}

interface Proof {
  /** Done first. With `orElse` it spends what proved the person, and answers a row to the one use that wins. */
  first: Statement
  orElse?: ErrorCode | undefined
  /** What else the proof leaves to be done, in the same batch. */
  settle: Statement[]
}

/** Answers the access token. Throws what `openSessionFor` throws. */
export async function openDirectSession(deps: Deps, login: DirectLogin, proof: Proof): Promise<string> {
  const { sessionId, generation, sign } = await openSessionFor(deps, login, proof)
  announceSession(deps, sessionId, generation)
  return (await sign()).accessToken
}

/**
 * The session, of which the caches are still to be told, and its token for whoever wants one. Throws why the person may have
 * none, or `orElse` to the use that did not win.
 */
export async function openSessionFor(deps: Deps, login: DirectLogin, { first, orElse, settle }: Proof) {
  const { db } = deps
  const { method, audience, lifetimeSeconds } = login
  const { user, tenant } = admitted(login.principal)
  const now = deps.now()
  const activity = await activityBase(deps, 'ACCESS', now)
  const pair = {
    sessionId: login.sessionId ?? newId(),
    generation: 1,
    clientId: audience,
    amr: methodReferences(method),
  }
  const { sessionId } = pair
  const expected = payloadOf(deps, pair, login.principal)
  const opening = { id: sessionId, userId: user.id, tenantId: tenant.id, method, activityId: activity.id, now }

  const [, opened, , , [current]] = await db.batch([
    first,
    insertSession(db, { ...opening, lifetimeSeconds }, orElse && spentJustNow),
    touchLastLogin(db, sessionId, activity.id, now),
    insertActivityOfSession(db, {
      ...activity,
      sessionId,
      tokenPayload: await seal(deps.config, payloadIdentity(sessionId), expected),
      tokenSeconds: lifetimeSeconds,
    }),
    selectPrincipal(db, { userId: user.id, tenantId: tenant.id }),
    ...settle,
  ])
  const principal = admitted(current)
  if (opened.length === 0) throw new AppError(orElse ?? 'user_inactive')

  const issued = payloadOf(deps, pair, principal)
  if (issued !== expected)
    await updateTokenPayload(db, activity.id, await seal(deps.config, payloadIdentity(sessionId), issued))
  deps.count({ name: 'login', result: 'ok', method, tenantId: tenant.id })
  const person = personClaims(principal, now)
  const { generation } = pair
  return { sessionId, generation, sign: () => signTokenPair(deps, { ...pair, person, issuedAt: now, lifetimeSeconds }) }
}

/** Throws why the person may not be in the tenant. */
function admitted(principal: Principal | undefined) {
  const refusal = principal ? personRefusal(principal) : 'user_inactive'
  if (refusal || !principal?.tenant) throw new AppError(refusal ?? 'membership_missing')
  return { ...principal, tenant: principal.tenant }
}

/** Without `lastLogin`, which is the time of the row. */
function payloadOf(deps: Deps, pair: Omit<TokenFacts, 'person'>, principal: Principal): string {
  const { lastLogin: _, ...person } = personClaims(principal, deps.now())
  return tokenPayload(deps, { ...pair, person })
}
