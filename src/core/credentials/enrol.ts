/** Enrolling an authenticator app: a new secret waits until its first code; the one in use stays until then. */
import { putPendingSecret } from '../../db/second-factors.ts'
import { clearAttempts, countAttempt } from '../../db/throttles.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { qrDataUrl } from '../qr.ts'
import { readAuthCode } from '../sessions/held-codes.ts'
import { refuseOver } from '../throttle.ts'
import { newSecret, provisioningUri, sealSecret } from './authenticator.ts'
import { proveByApp } from './factor-proof.ts'
import { otpHash } from './otp.ts'
import { mayEnrol } from './second-factor.ts'
import { FACTOR_LIMIT, FACTOR_WINDOW_SECONDS, factorCounter } from './verify-otp.ts'

interface Enrolment {
  code: string
  clientId: string
  /** A current code, needed to replace an app that is in use. */
  otp?: string | undefined
}

/**
 * The QR code of a new secret. Throws what `readAuthCode` throws, `otp_invalid` (an app is in use and its code is missing
 * or wrong), `too_many_attempts`, or `second_factor_due` (see `mayEnrol`).
 */
export async function startEnrolment(deps: Deps, { code, clientId, otp }: Enrolment): Promise<string> {
  const { principal, data } = await readAuthCode(deps, { code, clientId })
  if (principal.factors?.confirmedAt) await proveCurrentApp(deps, principal, otp)
  else if (!mayEnrol(principal, data.factorDue)) throw new AppError('second_factor_due')
  const { user, tenant } = principal
  const secret = newSecret()
  await putPendingSecret(deps.db, user.id, await sealSecret(deps, user.id, 'pending_secret', secret))
  const issuer = tenant?.branding.name ?? new URL(deps.config.PUBLIC_ORIGIN).host
  return qrDataUrl(provisioningUri({ issuer, label: user.username, secret }))
}

/** Whether an app is in use. Throws what `readAuthCode` throws. */
export async function hasAuthenticator(deps: Deps, held: { code: string | undefined; clientId: string | undefined }) {
  const { principal } = await readAuthCode(deps, held)
  return Boolean(principal.factors?.confirmedAt)
}

async function proveCurrentApp(deps: Deps, principal: Parameters<typeof proveByApp>[1], otp: string | undefined) {
  if (!otp) throw new AppError('otp_invalid')
  const key = factorCounter(await otpHash(principal.user.usernameKey))
  const tried = await countAttempt(deps.db, { key, windowSeconds: FACTOR_WINDOW_SECONDS, now: deps.now() })
  refuseOver(deps, FACTOR_LIMIT, tried)
  const { spend } = await proveByApp(deps, principal, otp).catch((cause: unknown) => {
    throw cause instanceof AppError ? new AppError('otp_invalid', { cause }) : cause
  })
  const [spent] = await deps.db.batch([spend, clearAttempts(deps.db, key)])
  if ((spent as unknown[]).length === 0) throw new AppError('otp_invalid')
}
