/** A code into tokens, in one round trip. */
import { consumeAuthCode, endSessionOfReusedCode } from '../../db/auth-codes.ts'
import { selectClientByClientId } from '../../db/clients.ts'
import { selectOneTimeSecret } from '../../db/one-time.ts'
import type { Deps } from '../../deps.ts'
import { newId, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { AUTH_CODE, CodeData } from './auth-codes.ts'
import { openingStatements, tokensOfOpenedSession } from './opening.ts'
import { announceEnd } from './state.ts'
import type { TokenPair } from './token-pair.ts'

interface Exchange {
  code: string
  clientId: string
  codeVerifier?: string | undefined
}

/**
 * RFC 6749 section 4.1.3 and RFC 7636 section 4.6. Throws `client_unknown`, `client_unverified`, `code_invalid`,
 * `code_expired`, `second_factor_due`, or why the user may have no tokens.
 * A second use ends what the first one opened; a wrong verifier spends the code.
 */
export async function exchangeCode(deps: Deps, { code, clientId, codeVerifier }: Exchange): Promise<TokenPair> {
  const { db } = deps
  const now = deps.now()
  const use = { kind: AUTH_CODE, hash: await sha256(code), useId: newId(), now }
  const codeChallenge = codeVerifier === undefined ? null : await sha256(codeVerifier)
  const { activityId, issuedAt, statements } = await openingStatements(deps, use, { codeChallenge })

  const [foundClients, , secrets, reused, , , , principals] = await db.batch([
    selectClientByClientId(db, clientId),
    consumeAuthCode(db, use, clientId),
    selectOneTimeSecret(db, use),
    endSessionOfReusedCode(db, use, clientId),
    ...statements,
  ])

  const [client] = foundClients
  if (!client) throw new AppError('client_unknown')
  if (client.status !== 'active') throw new AppError('client_unverified')
  const [secret] = secrets
  if (!secret || secret.clientId !== client.id) throw new AppError('code_invalid')
  if (secret.useId !== use.useId) {
    await announceEnd(
      deps,
      reused.map(({ id }) => id),
      'reuse',
    )
    const data = CodeData.parse(secret.data)
    throw new AppError(data.factorDue && secret.expiresAt > now ? 'second_factor_due' : 'code_expired')
  }
  const data = CodeData.parse(secret.data)
  if (data.codeChallenge !== codeChallenge) throw new AppError('code_invalid')
  return tokensOfOpenedSession(deps, { activityId, issuedAt, client, data, principal: principals[0] })
}
