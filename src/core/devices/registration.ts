/** Registering a device by its link: with the public key of a native app, or with a passkey made on the link's page. */
import { isUniqueViolation } from '../../db/batch.ts'
import {
  consumeRegistrationLink,
  type Device,
  existsDevice,
  insertDeviceByLink,
  REGISTRATION_LINK,
  selectActiveDevice,
} from '../../db/devices.ts'
import { selectOneTimeSecret, userOfSecret } from '../../db/one-time.ts'
import { type Credential, insertPasskeyOfDevice } from '../../db/passkeys.ts'
import type { DeviceKey } from '../../db/schema.ts'
import { selectTenant } from '../../db/tenants.ts'
import { tenantOfUser } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { ANONYMOUS } from '../actor.ts'
import { challengeEnd, makeChallenge } from '../credentials/challenges.ts'
import { challengeOf, creationOptions, type RegistrationResponseJSON, readCreation } from '../credentials/webauthn.ts'
import { newId, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { seal } from '../vault.ts'
import { findRegistrationLink, type RegistrationLink } from './links.ts'

export interface DeviceDescription {
  platform: string
  name: string
}

/** The challenge is the link's own: it is as secret, and spent with it. */
const purposeOf = ({ hash }: Pick<RegistrationLink, 'hash'>) => ({ kind: 'device_registration', subject: hash })

/** What the page needs to make a passkey, and whose page it is; undefined when the link can no longer be used. */
export async function findRegistration(deps: Deps, token: string) {
  const link = await findRegistrationLink(deps, token)
  if (!link) return undefined
  const [tenant] = await selectTenant(deps.db, tenantOfUser(link.userId))
  const options = await creationOptions(deps, {
    userId: link.userId,
    userName: link.displayName ?? tenant?.branding.name ?? 'Gatehouse',
    challenge: await makeChallenge(deps, purposeOf(link), link.expiresAt),
    known: [],
  })
  return { displayName: link.displayName, tenant, options }
}

interface Native extends DeviceDescription {
  publicKey: DeviceKey
  pushToken?: string | undefined
}

/** Throws `validation_failed` (not a point of P-256), `registration_link_invalid` or `conflict`; the first two spend nothing. */
export async function registerApp(deps: Deps, token: string, { publicKey, pushToken, ...described }: Native) {
  await requirePoint(publicKey)
  const id = newId()
  const sealed = pushToken === undefined ? null : await seal(deps.config, pushTokenIdentity(id), pushToken)
  return register(deps, await sha256(token), { id, publicKey, pushToken: sealed, ...described })
}

/** Throws `passkey_invalid`, `registration_link_invalid` or `conflict`; the first two spend nothing. */
export async function registerPasskey(
  deps: Deps,
  token: string,
  { response, ...described }: DeviceDescription & { response: RegistrationResponseJSON },
) {
  const link = await findRegistrationLink(deps, token)
  if (!link) throw new AppError('registration_link_invalid')
  const challenge = await challengeOf(response)
  if (!(await challengeEnd(deps, purposeOf(link), challenge))) throw new AppError('passkey_invalid')
  const credential = await readCreation(deps, response, challenge)
  return register(deps, link.hash, { id: newId(), publicKey: null, pushToken: null, ...described }, credential)
}

export const pushTokenIdentity = (deviceId: string) => `devices.push_token:${deviceId}`

type NewDevice = Parameters<typeof insertDeviceByLink>[2]

async function register(
  deps: Deps,
  hash: string,
  device: NewDevice,
  credential?: Credential,
): Promise<Pick<Device, 'id' | 'status'>> {
  const { db } = deps
  const now = deps.now()
  const use = { kind: REGISTRATION_LINK, hash, useId: newId(), now }
  const userId = userOfSecret(use)
  const entry = { action: 'device.register', target: { kind: 'user', id: userId }, tenantId: tenantOfUser(userId) }
  const [consumed, , [link], [active]] = await db
    .batch([
      consumeRegistrationLink(db, use),
      insertDeviceByLink(db, use, device),
      selectOneTimeSecret(db, use),
      selectActiveDevice(db, userId),
      auditStatement(deps, ANONYMOUS, entry, existsDevice(device.id)),
      ...(credential ? [insertPasskeyOfDevice(db, device.id, credential, device.name, now)] : []),
    ])
    .catch(refuseKnown)
  if (consumed.length > 0) return { id: device.id, status: 'active' }
  const live = link && !link.usedAt && link.expiresAt > now
  throw new AppError(live && active ? 'conflict' : 'registration_link_invalid')
}

async function requirePoint(publicKey: DeviceKey): Promise<void> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  try {
    await crypto.subtle.importKey('jwk', publicKey, algorithm, false, ['verify'])
  } catch (cause) {
    const issue = { path: ['publicKey'], code: 'invalid', message: 'must be a public key of P-256', info: {} }
    throw new AppError('validation_failed', { issues: [issue], cause })
  }
}

function refuseKnown(cause: unknown): never {
  throw isUniqueViolation(cause) ? new AppError('passkey_invalid', { cause }) : cause
}
