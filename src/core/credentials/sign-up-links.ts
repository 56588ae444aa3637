/** Asking for an account: a link by mail to the address that shall have one. */
import { insertOneTimeSecret } from '../../db/one-time.ts'
import type { Tenant } from '../../db/principals.ts'
import { selectSignUpTenants } from '../../db/sign-ups.ts'
import { countAttempt } from '../../db/throttles.ts'
import { lookupKey, selectUserByAddress } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { randomToken, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { sendLetter } from '../messages/send.ts'

export const SIGN_UP_LINK = 'sign_up_link'
const LIFETIME_MS = 30 * 60_000
const MOST_SENT = 10
const SENT_WINDOW_SECONDS = 900

interface SignUpRequest {
  email: string
  /** The tenant's key, else a client whose default tenant it is, else the only one that is open. */
  tenantKey?: string | undefined
  clientId?: string | undefined
  locale?: string | undefined
}

/**
 * Answers alike whether or not there is an account with the address, which then gets another mail.
 * Throws `forbidden` where the tenant takes no sign-ups, or none of this mail domain.
 */
export async function sendSignUpLink(deps: Deps, request: SignUpRequest): Promise<void> {
  const { db } = deps
  const now = deps.now()
  const emailKey = lookupKey(request.email)
  const counter = { key: `sign-up-sent:${await sha256(emailKey)}`, windowSeconds: SENT_WINDOW_SECONDS, now }
  const [[sent], tenants, [existing]] = await db.batch([
    countAttempt(db, counter),
    selectSignUpTenants(db, { key: request.tenantKey, clientId: request.clientId }),
    selectUserByAddress(db, emailKey),
  ])
  const [tenant, ...others] = tenants
  if (!tenant || others.length > 0 || !takesSignUp(tenant, emailKey)) throw new AppError('forbidden')
  if (!sent || sent.count > MOST_SENT) return

  const token = randomToken()
  const hash = await sha256(token)
  const expiresAt = new Date(now.getTime() + LIFETIME_MS)
  const data = { email: request.email, forNobody: Boolean(existing), clientId: request.clientId }
  await insertOneTimeSecret(db, { kind: SIGN_UP_LINK, hash, tenantId: tenant.id, data, expiresAt })
  const to = { address: request.email, channel: 'mail' as const }
  const letter = { tenant, locale: existing?.locale ?? request.locale }
  const link = `${deps.config.PUBLIC_ORIGIN}/sign-up?token=${token}`
  if (existing) sendLetter(deps, to, { kind: 'sign-up-existing', ...letter })
  else sendLetter(deps, to, { kind: 'sign-up', ...letter, link })
}

/** The tenant's policy; `domains` goes by the exact domain of the address. */
export function takesSignUp({ status, signUp }: Tenant, email: string): boolean {
  if (status !== 'active' || signUp.mode === 'off') return false
  return signUp.mode === 'open' || isOfDomains(signUp, email)
}

/** Whether the tenant has named the domain of the address for its own. */
export function isOfDomains({ emailDomains }: Tenant['signUp'], email: string): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return emailDomains.some((allowed) => allowed.toLowerCase() === domain)
}
