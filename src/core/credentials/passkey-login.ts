/** Logging in with a passkey alone: it says who the person is, and has checked them itself. */
import { selectVerifiedClient } from '../../db/clients.ts'
import { isUsablePasskey, type Passkey, selectPasskey, touchPasskey, userOfPasskey } from '../../db/passkeys.ts'
import { type Principal, selectLoginById } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { SYSTEM } from '../actor.ts'
import { secretDigests } from '../directory/client-secrets.ts'
import { AppError } from '../errors.ts'
import { allowsMethod } from '../sessions/admission.ts'
import { grantCode } from '../sessions/login.ts'
import { challengeEnd, makeChallenge, spendChallenge } from './challenges.ts'
import { refuseProof } from './failed-proof.ts'
import { type AuthenticationResponseJSON, challengeOf, readAssertion, requestOptions } from './webauthn.ts'

const PURPOSE = { kind: 'passkey_login', subject: '' }
const LIFETIME_MS = 5 * 60_000
const METHOD = 'passkey'

/** What the browser needs to ask for a passkey. The same for everybody: no username, no list of credentials. */
export async function startPasskeyLogin(deps: Deps) {
  const end = new Date(deps.now().getTime() + LIFETIME_MS)
  return requestOptions(deps, await makeChallenge(deps, PURPOSE, end))
}

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
  if (!passkey || !principal) throw new AppError('credentials_invalid')
  if (!allowsMethod(principal, METHOD)) throw new AppError('login_denied')

  const refuse = (cause: unknown) => refuseProof(deps, METHOD, principal, cause)
  const { counter, challenge, endsAt } = await check(deps, response, passkey).catch(refuse)
  if (isCopied(passkey, counter)) {
    await reportCopy(deps, principal)
    return refuse('the signature counter did not grow')
  }
  const usable = isUsablePasskey(passkey, counter)
  const { statement } = await spendChallenge(deps, PURPOSE, challenge, endsAt, usable)
  return grantCode(
    deps,
    { client, principal, method: METHOD, secondFactorProved: true, codeChallenge },
    {
      spend: { statement, orElse: 'credentials_invalid' },
      settle: [touchPasskey(db, passkey.id, counter, deps.now())],
    },
  )
}

async function check(deps: Deps, response: AuthenticationResponseJSON, passkey: Passkey) {
  const challenge = await challengeOf(response)
  const endsAt = await challengeEnd(deps, PURPOSE, challenge)
  if (!endsAt) throw new AppError('passkey_invalid')
  return { challenge, endsAt, counter: await readAssertion(deps, response, passkey, challenge) }
}

/** WebAuthn level 3, section 6.1.1: two copies of one key count each for itself. Zero says that it does not count. */
const isCopied = (passkey: Passkey, counter: number) =>
  (counter > 0 || passkey.counter > 0) && counter <= passkey.counter

async function reportCopy(deps: Deps, { user }: Principal): Promise<void> {
  deps.log('warn', 'passkey may have been copied', { userId: user.id })
  const target = { kind: 'user', id: user.id }
  await auditStatement(deps, SYSTEM, { action: 'passkey.copied', target, tenantId: user.defaultTenantId })
}
