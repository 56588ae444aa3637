/** The only way in: whoever has proved who they are, by whatever means, ends here with a code or with tokens. */
import type { Statement } from '../../db/batch.ts'
import { runAll } from '../../db/batch.ts'
import type { Deps } from '../../deps.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { mayUse, personRefusal, refusalOf } from './admission.ts'
import { AUTH_CODE, type Grant, makeAuthCode } from './auth-codes.ts'
import { openingStatements, tokensOfOpenedSession } from './opening.ts'
import type { TokenPair } from './token-pair.ts'

/**
 * A code for the client to exchange. `settle` goes into the same batch: what the proof itself leaves to be done.
 * A user without a membership gets a code too, which the exchange then refuses.
 */
export async function grantCode(deps: Deps, grant: Grant, settle: Statement[]): Promise<string> {
  refuseAtLogin(grant)
  const { code, statement } = await makeAuthCode(deps, grant)
  await runAll(deps.db, [statement, ...settle])
  return code
}

/** Tokens at once: a code that is consumed as it is made. */
export async function grantTokens(deps: Deps, grant: Grant, settle: Statement[]): Promise<TokenPair> {
  const { client, principal } = grant
  if (!principal.membership) throw new AppError('login_inactive')
  if (!mayUse(principal, client)) throw new AppError('client_refused')
  const refusal = refusalOf(principal, client)
  if (refusal) throw new AppError(refusal)
  if (grant.factorDue) throw new AppError('second_factor_due')
  const useId = newId()
  const made = await makeAuthCode(deps, grant, useId)
  const use = { kind: AUTH_CODE, hash: made.hash, useId, now: deps.now() }
  const { activityId, statements } = await openingStatements(deps, use)
  const [, , , , principals] = await deps.db.batch([made.statement, ...statements, ...settle])
  return tokensOfOpenedSession(deps, { activityId, client, data: made.data, principal: principals[0] })
}

/** The order of the original: is the person active, may they use this client, are they confirmed. */
function refuseAtLogin({ client, principal }: Grant): void {
  if (principal.user.clientIds?.length === 0) throw new AppError('no_clients')
  if (!mayUse(principal, client)) throw new AppError('client_not_allowed')
  const refusal = personRefusal(principal)
  if (refusal && refusal !== 'membership_missing') throw new AppError(refusal)
}
