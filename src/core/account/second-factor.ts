/** The second factor of a login that has one step only: its code comes with the password, when it is asked for again. */

import { selectOneTimeSecret } from '../../db/one-time.ts'
import { OTP, putOtpSlot } from '../../db/otp-slots.ts'
import type { Principal } from '../../db/principals.ts'
import { clearAttempts, countAttempt } from '../../db/throttles.ts'
import type { Deps } from '../../deps.ts'
import { type FactorProof, proveFactor } from '../credentials/factor-proof.ts'
import { LIFETIME_MS, OTP_PURPOSE, OtpData, otpHash } from '../credentials/otp.ts'
import { factorOf } from '../credentials/second-factor.ts'
import { FACTOR_LIMIT, FACTOR_WINDOW_SECONDS, factorCounter } from '../credentials/verify-otp.ts'
import { randomDigits } from '../crypto.ts'
import { addressOf, sendLetter } from '../messages/send.ts'
import { refuseOver } from '../throttle.ts'
import { keyedDigest } from '../vault.ts'

/**
 * Sends a code to somebody who has proved the password and has no app. The attempts with a password, of which every one
 * counts until a login is complete, bound how many.
 */
export async function sendFactor(deps: Deps, principal: Principal): Promise<void> {
  const { user, tenant } = principal
  if (tenant && addressFor(deps, principal)) await sendFirstFactor(deps, user.usernameKey, tenant.id, principal)
}

/** Sends a code to whoever may have one by this name. For everybody else the work is the same. */
export async function sendFirstFactor(
  deps: Deps,
  usernameKey: string,
  tenantId: string,
  principal: Principal | undefined,
): Promise<void> {
  const now = deps.now()
  const code = randomDigits(6)
  const hash = await slotHash(deps, usernameKey, tenantId)
  const digest = await keyedDigest(deps.config, OTP_PURPOSE, `${hash}.${code}`)
  const expiresAt = new Date(now.getTime() + LIFETIME_MS)
  const address = principal && addressFor(deps, principal)
  const userId = address ? principal.user.id : null
  await putOtpSlot(deps.db, { hash, clientId: null, userId, data: { digest, login: null }, expiresAt }, now)
  if (!address) return
  const { tenant, user } = principal
  sendLetter(deps, address, { kind: 'one-time-code', tenant, locale: user.locale, code })
}

const addressFor = (deps: Deps, principal: Principal) =>
  factorOf(deps, principal) === 'delivered' ? addressOf(deps, principal.user) : undefined

/**
 * Counted before it is checked. Whether it is the second factor, and not the first, the caller knows.
 * Throws `too_many_attempts`, `otp_invalid` or `otp_expired`.
 */
export function checkFactor(deps: Deps, principal: Principal, code: string): Promise<FactorProof> {
  const { user, tenant } = principal
  return checkFirstFactor(deps, user.usernameKey, tenant?.id ?? '', principal, code)
}

/** The same for whoever has this name, if anybody has: a code that fits nobody's proves nothing. */
export async function checkFirstFactor(
  deps: Deps,
  usernameKey: string,
  tenantId: string,
  principal: Principal | undefined,
  code: string,
): Promise<FactorProof> {
  const { db } = deps
  const key = factorCounter(await otpHash(usernameKey))
  const hash = await slotHash(deps, usernameKey, tenantId)
  const [counted, [slot]] = await db.batch([
    countAttempt(db, { key, windowSeconds: FACTOR_WINDOW_SECONDS, now: deps.now() }),
    selectOneTimeSecret(db, { kind: OTP, hash }),
  ])
  refuseOver(deps, FACTOR_LIMIT, counted)
  const digest = slot && slot.userId === (principal?.user.id ?? null) ? OtpData.parse(slot.data).digest : null
  // A new app is not confirmed here: the answer has no place for the recovery codes that come with it.
  const withoutNewApp = principal && {
    ...principal,
    factors: principal.factors && { ...principal.factors, pendingSecret: null },
  }
  const proof = await proveFactor(deps, { code, principal: withoutNewApp, sent: digest ? { hash, digest } : undefined })
  return { ...proof, settle: [...proof.settle, clearAttempts(db, key)] }
}

/** Not the slot of the auth family: what is sent for one tenant's account is worth nothing anywhere else. */
const slotHash = ({ config }: Deps, usernameKey: string, tenantId: string) =>
  keyedDigest(config, 'account code', `${tenantId}\0${usernameKey}`)
