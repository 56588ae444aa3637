/** A passkey's answer to a login challenge: whether it may stand, and what goes into the batch that lets the person in. */
import { isUsablePasskey, type Passkey, touchPasskey } from '../../db/passkeys.ts'
import type { Principal } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { countRefused } from '../activity/refused-logins.ts'
import { SYSTEM } from '../actor.ts'
import { AppError } from '../errors.ts'
import { allowsMethod } from '../sessions/admission.ts'
import { challengeEnd, makeChallenge, spendChallenge } from './challenges.ts'
import { refuseProof } from './failed-proof.ts'
import { type AuthenticationResponseJSON, challengeOf, readAssertion, requestOptions } from './webauthn.ts'

export const PASSKEY = 'passkey'
const PURPOSE = { kind: 'passkey_login', subject: '' }
/** A page may stand open for a while before its autofill is used. */
const LIFETIME_MS = 30 * 60_000

/** What the browser needs to ask for a passkey. The same for everybody: no username, no list of credentials. */
export async function startPasskeyLogin(deps: Deps) {
  const end = new Date(deps.now().getTime() + LIFETIME_MS)
  return requestOptions(deps, await makeChallenge(deps, PURPOSE, end))
}

interface Owner {
  passkey: Passkey | undefined
  principal: Principal | undefined
  /** Where it is tried, for the statistics. */
  tenantId: string | null
}

/** Whose it is, and the proof. Throws `credentials_invalid`, `login_denied` (the tenant wants no passkeys) or `too_many_attempts`. */
export async function provePasskey(deps: Deps, response: AuthenticationResponseJSON, owner: Owner) {
  const { passkey, principal, tenantId } = owner
  const refused = countRefused(deps, { method: PASSKEY, tenantId })
  if (!passkey || !principal) return refused(new AppError('credentials_invalid'))
  if (!allowsMethod(principal, PASSKEY)) return refused(new AppError('login_denied'))
  const refuse = (cause: unknown) => refuseProof(deps, PASSKEY, principal, cause)
  const { counter, challenge, endsAt } = await check(deps, response, passkey).catch(refuse)
  if (isCopied(passkey, counter)) {
    await reportCopy(deps, principal)
    return refuse('the signature counter did not grow')
  }
  const usable = isUsablePasskey(passkey, counter)
  const { statement } = await spendChallenge(deps, PURPOSE, challenge, endsAt, usable)
  const settle = [touchPasskey(deps.db, passkey.id, counter, deps.now())]
  return { principal, proof: { spend: { statement, orElse: 'credentials_invalid' as const }, settle } }
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
