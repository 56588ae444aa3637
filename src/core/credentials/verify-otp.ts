/** A one-time code into an auth code: the second factor of a login that waits, or a login of its own. */

import { voidAuthCode } from '../../db/auth-codes.ts'
import { type Client, selectClientByClientId } from '../../db/clients.ts'
import { insertLoginActivity } from '../../db/login-activity.ts'
import { closeOtpSlot, existsOtpSlot, selectOtpSlot } from '../../db/otp-slots.ts'
import { type Principal, selectLoginByUsername } from '../../db/principals.ts'
import { establishSecondFactor } from '../../db/second-factors.ts'
import { clearAttempts, countAttempt } from '../../db/throttles.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { failedActivity } from '../activity/login-activity.ts'
import { countRefused } from '../activity/refused-logins.ts'
import { AppError } from '../errors.ts'
import { allowsMethod } from '../sessions/admission.ts'
import { grantCode } from '../sessions/login.ts'
import { refuseOver } from '../throttle.ts'
import { type FactorProof, proveFactor } from './factor-proof.ts'
import { OtpData, otpHash, type WaitingLogin } from './otp.ts'

/** Wrong codes for one person in a quarter of an hour, of whatever kind. */
export const FACTOR_LIMIT = 5
export const FACTOR_WINDOW_SECONDS = 900

interface VerifyOtp {
  username: string
  otp: string
  /** Needed only where neither a login nor a sent code waits. */
  clientId?: string | undefined
}

/**
 * Throws `otp_expired` (nothing waits, or it is no code of an app), `otp_invalid`, `too_many_attempts`, `client_unknown` or why the person is refused;
 * of an empty name `credentials_empty`, of an empty code `client_refused`: in the original that asks a client for a new one.
 */
export async function verifyOtp(deps: Deps, { username, otp, clientId }: VerifyOtp) {
  if (!username) throw new AppError('credentials_empty')
  if (!otp) throw new AppError('client_refused')
  const { db } = deps
  const now = deps.now()
  const usernameKey = lookupKey(username)
  const hash = await otpHash(usernameKey)
  const counter = factorCounter(hash)
  const onlyIf = clientId === undefined ? existsOtpSlot(hash, now) : undefined
  const [[tried], [found], [principal], [named]] = await db.batch([
    countAttempt(db, { key: counter, windowSeconds: FACTOR_WINDOW_SECONDS, now, onlyIf }),
    selectOtpSlot(db, hash),
    selectLoginByUsername(db, usernameKey),
    selectClientByClientId(db, clientId ?? ''),
  ])
  if (clientId !== undefined && !named) throw new AppError('client_unknown')
  const waiting = readSlot(found, clientId, now)
  const client = waiting?.client ?? named
  if (!client) throw new AppError('otp_expired')
  if (client.status !== 'active') throw new AppError('client_unverified')
  refuseOver(deps, FACTOR_LIMIT, tried ? [tried] : [])

  const known = waiting && waiting.userId !== principal?.user.id ? undefined : principal
  const sent = waiting?.digest ? { hash, digest: waiting.digest } : undefined
  const proof = await proveFactor(deps, { code: otp, principal: known, sent }).catch(async (thrown: unknown) => {
    // Where nobody with a client's secret asked for a code, nobody shall fill the login activity either.
    if (waiting && thrown instanceof AppError) await recordFailure(deps, client, known)
    throw waiting || !(thrown instanceof AppError) ? thrown : new AppError('otp_expired', { cause: thrown })
  })
  if (!known) throw new AppError('otp_invalid')
  const { login } = waiting ?? { login: null }
  if (!login && !allowsMethod(known, 'otp')) throw new AppError('login_denied')
  const settle = [
    clearAttempts(db, counter),
    closeOtpSlot(db, hash, now),
    ...(login ? finishWaiting(deps, known.user.id, login) : []),
    ...proof.settle,
  ]
  const method = login ? `${login.method}+${proof.kind}` : methodAlone(proof)
  const code = await grantCode(
    deps,
    {
      client,
      principal: known,
      method,
      secondFactorProved: login !== null,
      // Nobody with a client's secret asked for this code: guessing at many people must lead nowhere.
      tooWeakAlone: waiting === undefined,
      sessionId: login?.sessionId,
      codeChallenge: login?.codeChallenge ?? undefined,
    },
    { spend: { statement: proof.spend, orElse: 'otp_expired' }, settle },
  ).catch(countRefused(deps, { method, tenantId: known.user.defaultTenantId ?? client.defaultTenantId }))
  return { code, ...(proof.recoveryCodes && { recoveryCodes: proof.recoveryCodes }) }
}

async function recordFailure(deps: Deps, client: Client, person: Principal | undefined): Promise<void> {
  const { id: actor = '', defaultTenantId } = person?.user ?? {}
  const tenantId = defaultTenantId ?? client.defaultTenantId
  await insertLoginActivity(deps.db, await failedActivity(deps, { actor, tenantId, method: 'otp' }))
}

export const factorCounter = (hash: string) => `factor:${hash}`

/** Also for a name that nobody has: it must not show by being tried without end. Throws `too_many_attempts`. */
export async function countFactorAttempt(deps: Deps, usernameKey: string): Promise<void> {
  const key = factorCounter(await otpHash(usernameKey))
  const attempt = { key, windowSeconds: FACTOR_WINDOW_SECONDS, now: deps.now() }
  refuseOver(deps, FACTOR_LIMIT, await countAttempt(deps.db, attempt))
}

/** By itself a code proves one factor only, whatever it came from. */
const methodAlone = ({ kind }: FactorProof) => (kind === 'otp' ? 'otp' : 'authenticator')

function finishWaiting({ db, now }: Deps, userId: string, { codeHash }: WaitingLogin) {
  return [voidAuthCode(db, codeHash, now()), establishSecondFactor(db, userId, now())]
}

type Slot = Awaited<ReturnType<typeof selectOtpSlot>>[number]

/** What waits, if it does, and for the named client. */
function readSlot(found: Slot | undefined, clientId: string | undefined, now: Date) {
  if (!found) return undefined
  const { slot, client }: { slot: Slot['slot']; client: Client } = found
  if (slot.usedAt || slot.expiresAt <= now || (clientId !== undefined && client.clientId !== clientId)) return undefined
  const { digest, login } = OtpData.parse(slot.data)
  return { client, userId: slot.userId, digest, login: login && login.until > now.getTime() ? login : null }
}
