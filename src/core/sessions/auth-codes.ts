/** Auth codes: what a login answers and `/auth/token` turns into tokens, once. */
import * as z from 'zod'
import type { Client } from '../../db/clients.ts'
import { insertOneTimeSecret, type NewOneTimeSecret } from '../../db/one-time.ts'
import type { Principal } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { sealTokenPayload } from '../activity/login-activity.ts'
import { newId, randomToken, sha256 } from '../crypto.ts'
import { methodReferences } from './authentication-methods.ts'
import { personClaims } from './claims.ts'

export const AUTH_CODE = 'auth_code'

/** What a code stands for. */
export const CodeData = z.object({
  /** The session it will open. */
  sessionId: z.string(),
  method: z.string(),
  /** A second factor is still due: the code cannot be exchanged yet. */
  factorDue: z.boolean(),
  /** PKCE, S256. */
  codeChallenge: z.string().nullable(),
  /** The sealed claims for the activity row of the exchange; empty without a membership. */
  payload: z.string(),
})
export type CodeData = z.infer<typeof CodeData>

export interface Grant {
  client: Client
  principal: Principal
  /** How the person logged in: `password`, `otp`, `google`, ... */
  method: string
  /** The session it will open, where that has a name already. */
  sessionId?: string | undefined
  factorDue?: boolean
  codeChallenge?: string | undefined
}

/** The code, and the row that it needs. `useId` makes it one that is consumed as it is made. */
export async function makeAuthCode(deps: Deps, grant: Grant, useId?: string) {
  const { client, principal } = grant
  const code = randomToken()
  const { sessionId = newId() } = grant
  const data: CodeData = {
    sessionId,
    method: grant.method,
    factorDue: grant.factorDue ?? false,
    codeChallenge: grant.codeChallenge ?? null,
    payload: principal.membership ? await firstPayload(deps, grant, sessionId) : '',
  }
  const now = deps.now()
  const row: NewOneTimeSecret = {
    kind: AUTH_CODE,
    hash: await sha256(code),
    clientId: client.id,
    userId: principal.user.id,
    tenantId: principal.membership?.tenantId ?? null,
    data,
    expiresAt: new Date(now.getTime() + client.authCodeExpiration * 1000),
    ...(useId === undefined ? {} : { usedAt: now, useId }),
  }
  return { code, hash: row.hash, data, statement: insertOneTimeSecret(deps.db, row) }
}

async function firstPayload(deps: Deps, { client, principal, method }: Grant, sessionId: string): Promise<string> {
  const { lastLogin: _, ...person } = personClaims(principal, deps.now())
  const token = { person, clientId: client.clientId, amr: methodReferences(method), sessionId, generation: 1 }
  return sealTokenPayload(deps, token)
}
