/** What a login activity row holds: who, when, from where; address and claims sealed. */
import type { NewLoginActivity } from '../../db/login-activity.ts'
import type { Deps } from '../../deps.ts'
import { newId } from '../crypto.ts'
import type { PersonClaims } from '../sessions/claims.ts'
import type { Generation } from '../sessions/token-pair.ts'
import { tokenId } from '../sessions/token-pair.ts'
import { seal } from '../vault.ts'

/** Longer user agents are cut. */
const DEVICE_INFO_LENGTH = 512

/** The part of a row that does not depend on whom it is about. Where a token is issued, `loginTime` is its time as well. */
export async function activityBase(deps: Deps, loginType: NewLoginActivity['loginType'], loginTime = deps.now()) {
  const id = newId()
  return {
    id,
    loginType,
    loginTime,
    deviceInfo: deps.trace.userAgent.slice(0, DEVICE_INFO_LENGTH),
    ipAddress: await seal(deps.config, addressIdentity(id), deps.trace.address),
  }
}

/** A whole row for an attempt that led to no session; it is counted with it. */
export async function failedActivity(
  deps: Deps,
  { actor, tenantId, method }: { actor: string; tenantId: string | null; method: string },
): Promise<NewLoginActivity> {
  const base = await activityBase(deps, 'FAILED')
  deps.count({ name: 'login', result: 'failed', method, tenantId })
  return { ...base, sessionId: '', actor, tenantId, method, tokenPayload: '', tokenSeconds: null }
}

/**
 * The sealed claims of a token. `lastLogin` is left out at a login, where it is the time of the row itself;
 * `iat` and `exp` follow from the row's time and token lifetime.
 */
export async function sealTokenPayload(deps: Pick<Deps, 'config'>, token: TokenFacts): Promise<string> {
  return seal(deps.config, payloadIdentity(token.sessionId), tokenPayload(deps, token))
}

export interface TokenFacts extends Generation {
  person: PersonClaims
  clientId: string
  amr: string[]
}

/** The plain text of a sealed payload; equal for equal claims. `times` are those of a token that is older than the row. */
export function tokenPayload(
  { config }: Pick<Deps, 'config'>,
  { person, clientId, amr, ...pair }: TokenFacts,
  times?: { iat: number; exp: number },
): string {
  const { sessionId } = pair
  return JSON.stringify({
    ...person,
    iss: config.PUBLIC_ORIGIN,
    sub: person.id,
    aud: clientId,
    client_id: clientId,
    amr,
    sid: sessionId,
    jti: tokenId(pair),
    ...times,
  })
}

export const addressIdentity = (id: string) => `login_activity.ip_address:${id}`
export const payloadIdentity = (sessionId: string) => `login_activity.token_payload:${sessionId}`
