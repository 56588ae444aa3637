/**
 * Opening a session from a consumed code: the statements, and the tokens that come of them. Who may have a session is
 * decided inside SQL, in the batch that consumes the code, so that nothing can come between.
 */
import {
  insertActivityOfCode,
  insertSessionFromCode,
  selectPrincipalOfCode,
  touchLastLoginOfCode,
} from '../../db/auth-codes.ts'
import type { Client } from '../../db/clients.ts'
import { updateTokenPayload } from '../../db/login-activity.ts'
import type { Use } from '../../db/one-time.ts'
import type { Principal } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { activityBase, payloadIdentity, tokenPayload } from '../activity/login-activity.ts'
import { AppError } from '../errors.ts'
import { seal, unseal } from '../vault.ts'
import { refusalOf } from './admission.ts'
import type { CodeData } from './auth-codes.ts'
import { methodReferences } from './authentication-methods.ts'
import { personClaims } from './claims.ts'
import { announceSession } from './state.ts'
import { signTokenPair, type TokenPair } from './token-pair.ts'

/** For the batch that consumes the code. `proof` must hold too, else the code is spent for nothing. */
export async function openingStatements(deps: Deps, use: Use, proof?: { codeChallenge: string | null }) {
  const { db } = deps
  const activity = await activityBase(deps, 'ACCESS', use.now)
  return {
    activityId: activity.id,
    issuedAt: use.now,
    statements: [
      insertSessionFromCode(db, use, { activityId: activity.id, proof }),
      touchLastLoginOfCode(db, use, activity.id),
      insertActivityOfCode(db, use, activity),
      selectPrincipalOfCode(db, use),
    ] as const,
  }
}

/** Throws the reason where the statements opened no session. */
export async function tokensOfOpenedSession(
  deps: Deps,
  opened: { activityId: string; issuedAt: Date; client: Client; data: CodeData; principal: Principal | undefined },
): Promise<TokenPair> {
  const { client, data, principal, issuedAt } = opened
  if (!principal) throw new AppError('code_invalid')
  const refusal = refusalOf(principal, client)
  if (refusal) throw new AppError(refusal)
  const person = personClaims(principal, deps.now())
  const pair = {
    sessionId: data.sessionId,
    generation: 1,
    person,
    clientId: client.clientId,
    amr: methodReferences(data.method),
  }
  await correctPayload(deps, opened.activityId, data, pair)
  deps.count({ name: 'login', result: 'ok', method: data.method, tenantId: principal.tenant?.id })
  announceSession(deps, data.sessionId, 1)
  return signTokenPair(deps, { ...pair, issuedAt, lifetimeSeconds: client.accessTokenExpiration })
}

/** Between code and token a role may have changed; then the row gets the claims that were really issued. */
async function correctPayload(
  deps: Deps,
  activityId: string,
  { sessionId, payload }: CodeData,
  token: Parameters<typeof tokenPayload>[1],
): Promise<void> {
  const { lastLogin: _, ...person } = token.person
  const issued = tokenPayload(deps, { ...token, person })
  if ((await unseal(deps.config, payloadIdentity(sessionId), payload)) === issued) return
  await updateTokenPayload(deps.db, activityId, await seal(deps.config, payloadIdentity(sessionId), issued))
}
