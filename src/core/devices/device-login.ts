/** A native app logs its user in by signing a challenge with the key of its device. */
import { base64url } from 'jose'
import { selectClientByClientId } from '../../db/clients.ts'
import { isActiveDevice, selectDevice, touchDevice, userOfDevice } from '../../db/devices.ts'
import { selectLoginById } from '../../db/principals.ts'
import type { DeviceKey } from '../../db/schema.ts'
import type { Deps } from '../../deps.ts'
import { countRefused } from '../activity/refused-logins.ts'
import { challengeEnd, makeChallenge, spendChallenge } from '../credentials/challenges.ts'
import { refuseProof } from '../credentials/failed-proof.ts'
import { AppError } from '../errors.ts'
import { grantCode } from '../sessions/login.ts'

export const CHALLENGE_SECONDS = 60
const METHOD = 'device'
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' }
const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
/** ES256 (RFC 7518 section 3.4): both numbers, 32 bytes each. */
const SIGNATURE = /^[\w-]{86}$/

const encoder = new TextEncoder()
const purposeOf = (deviceId: string) => ({ kind: 'device_login', subject: deviceId })

/** An unknown device gets one too: no store is asked. */
export function makeDeviceChallenge(deps: Deps, deviceId: string): Promise<string> {
  return makeChallenge(deps, purposeOf(deviceId), new Date(deps.now().getTime() + CHALLENGE_SECONDS * 1000))
}

interface Answer {
  deviceId: string
  challenge: string
  /** ES256 over the challenge's text. */
  signature: string
  clientId: string
}

/**
 * A code for the client to exchange. The phone's lock guards the key, so it stands for both factors.
 * Throws `client_unknown`, `client_unverified`, `credentials_invalid`, `too_many_attempts`, or why the person may not
 * log in.
 */
export async function logInByDevice(deps: Deps, { deviceId, challenge, signature, clientId }: Answer): Promise<string> {
  const { db } = deps
  const [[client], [device], [principal]] = await db.batch([
    selectClientByClientId(db, clientId),
    selectDevice(db, deviceId),
    selectLoginById(db, userOfDevice(deviceId)),
  ])
  if (!client) throw new AppError('client_unknown')
  if (client.status !== 'active') throw new AppError('client_unverified')
  const tenantId = principal?.user.defaultTenantId ?? client.defaultTenantId
  const refused = countRefused(deps, { method: METHOD, tenantId })
  const purpose = purposeOf(deviceId)
  const endsAt = await challengeEnd(deps, purpose, challenge)
  if (!endsAt || !principal || !device?.publicKey || device.status !== 'active')
    return refused(new AppError('credentials_invalid'))
  if (!(await isSigned(device.publicKey, challenge, signature)))
    return refuseProof(deps, METHOD, principal, 'signature')

  const { statement } = await spendChallenge(deps, purpose, challenge, endsAt, isActiveDevice(deviceId))
  return grantCode(
    deps,
    { client, principal, method: METHOD, secondFactorProved: true },
    { spend: { statement, orElse: 'credentials_invalid' }, settle: [touchDevice(db, deviceId, deps.now())] },
  ).catch(refused)
}

async function isSigned(publicKey: DeviceKey, challenge: string, signature: string): Promise<boolean> {
  if (!SIGNATURE.test(signature)) return false
  const key = await crypto.subtle.importKey('jwk', publicKey, P256, false, ['verify'])
  const bytes = base64url.decode(signature) as Uint8Array<ArrayBuffer>
  return crypto.subtle.verify(ECDSA, key, bytes, encoder.encode(challenge))
}
