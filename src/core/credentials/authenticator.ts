/** Authenticator apps: TOTP of RFC 6238, six digits, 30 seconds, SHA-1 (what every app can do). */
import { Secret, TOTP } from 'otpauth/slim'
import type { Ports } from '../../deps.ts'
import { seal, unseal } from '../vault.ts'

type Deps = Pick<Ports, 'config' | 'now'>

const PERIOD_SECONDS = 30
/** Steps by which a clock may be off, either way. */
const SKEW = 1
const SECRET_BYTES = 20

/** Which of a person's two secrets: the one in use, or the one that waits for its first code. */
type Slot = 'secret' | 'pending_secret'

export const newSecret = () => new Secret({ size: SECRET_BYTES }).base32

/** The address that the QR code carries. */
export function provisioningUri({ issuer, label, secret }: { issuer: string; label: string; secret: string }): string {
  return totp(secret, { issuer: issuer.replaceAll(':', ' '), label: label.replaceAll(':', ' ') }).toString()
}

/** The time step that the code belongs to; undefined when it is not a code of this secret. */
export async function matchStep(
  deps: Deps,
  { userId, slot, sealed, code }: { userId: string; slot: Slot; sealed: string | null | undefined; code: string },
): Promise<number | undefined> {
  if (!sealed || !/^\d{6}$/.test(code)) return undefined
  const secret = await unseal(deps.config, secretIdentity(userId, slot), sealed)
  const timestamp = deps.now().getTime()
  const delta = totp(secret).validate({ token: code, timestamp, window: SKEW })
  return delta === null ? undefined : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta
}

export function sealSecret({ config }: Deps, userId: string, slot: Slot, secret: string): Promise<string> {
  return seal(config, secretIdentity(userId, slot), secret)
}

export async function unsealSecret({ config }: Deps, userId: string, slot: Slot, sealed: string): Promise<string> {
  return unseal(config, secretIdentity(userId, slot), sealed)
}

export const secretIdentity = (userId: string, slot: Slot) => `second_factors.${slot}:${userId}`

function totp(secret: string, names: { issuer?: string; label?: string } = {}): TOTP {
  return new TOTP({ ...names, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS, secret: Secret.fromBase32(secret) })
}
