/** Registration links: a secret that lets whoever opens it register one device for one user of an application. */
import * as z from 'zod'
import type { Client } from '../../db/clients.ts'
import { disableDevices, insertRegistrationLink, REGISTRATION_LINK } from '../../db/devices.ts'
import { selectOneTimeSecret, voidOneTimeSecrets, voidSecretsOfUser } from '../../db/one-time.ts'
import { endSessions, ofUser } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { auditStatement } from '../activity/audit.ts'
import { clientActor } from '../actor.ts'
import { randomToken, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { announceEnd } from '../sessions/state.ts'
import { getApplicationUser } from './application-users.ts'

const LIFETIME_MS = 24 * 3_600_000

const LinkData = z.object({ displayName: z.string().nullable() })

export interface RegistrationLink {
  hash: string
  userId: string
  displayName: string | null
  expiresAt: Date
}

/** A new link for the user; it voids an earlier one. Throws `not_found`. */
export async function createRegistrationLink(
  deps: Deps,
  application: Client,
  { externalId, displayName }: { externalId: string; displayName: string | null },
): Promise<string> {
  const { db } = deps
  const { userId } = await getApplicationUser(deps, application, externalId)
  const link = await makeLink(deps, userId, displayName)
  const [, [made]] = await db.batch([
    voidOneTimeSecrets(db, REGISTRATION_LINK, userId, deps.now()),
    link.statement,
    auditStatement(deps, clientActor(application), entry('device.link', userId, application)),
  ])
  if (!made) throw new AppError('not_found')
  return link.url
}

/** The user's device is gone, with its sessions and everything that was not used yet; a new link. Throws `not_found`. */
export async function reportLostDevice(deps: Deps, application: Client, externalId: string): Promise<string> {
  const { db } = deps
  const now = deps.now()
  const { userId } = await getApplicationUser(deps, application, externalId)
  const link = await makeLink(deps, userId, null)
  const [ended, , , , [made]] = await db.batch([
    endSessions(db, ofUser(userId), 'revoked', now),
    ...disableDevices(db, userId, now),
    voidSecretsOfUser(db, userId, now),
    link.statement,
    auditStatement(deps, clientActor(application), entry('device.lost', userId, application)),
  ])
  await announceEnd(
    deps,
    ended.map(({ id }) => id),
    'revoked',
  )
  if (!made) throw new AppError('not_found')
  return link.url
}

/** What the link stands for, while it can be used; it is not spent. */
export async function findRegistrationLink(deps: Deps, token: string): Promise<RegistrationLink | undefined> {
  const hash = await sha256(token)
  const [secret] = await selectOneTimeSecret(deps.db, { kind: REGISTRATION_LINK, hash })
  if (!secret?.userId || secret.usedAt || secret.expiresAt <= deps.now()) return undefined
  const { userId, expiresAt } = secret
  return { hash, userId, expiresAt, displayName: LinkData.parse(secret.data).displayName }
}

async function makeLink({ config, db, now }: Deps, userId: string, displayName: string | null) {
  const token = randomToken()
  const expiresAt = new Date(now().getTime() + LIFETIME_MS)
  return {
    url: `${config.PUBLIC_ORIGIN}/register-device?token=${token}`,
    statement: insertRegistrationLink(db, userId, { hash: await sha256(token), displayName, expiresAt }),
  }
}

const entry = (action: string, userId: string, { defaultTenantId }: Client) => ({
  action,
  target: { kind: 'user', id: userId },
  tenantId: defaultTenantId,
})
