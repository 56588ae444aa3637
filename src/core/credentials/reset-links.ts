/** Asking for a link to a new password. Whoever is named, the answer and the work are the same. */
import { existsVerifiedClient, selectVerifiedClient } from '../../db/clients.ts'
import { insertOneTimeSecret, voidOneTimeSecrets } from '../../db/one-time.ts'
import { type Principal, selectLoginByUsername } from '../../db/principals.ts'
import { countAttempt } from '../../db/throttles.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { randomToken, sha256 } from '../crypto.ts'
import { secretDigests } from '../directory/client-secrets.ts'
import { AppError } from '../errors.ts'
import { sendLetter } from '../messages/send.ts'
import { mayUse, personRefusal } from '../sessions/admission.ts'

export const RESET_LINK = 'reset_link'
const LIFETIME_MS = 30 * 60_000
/** Beyond these in a quarter of an hour no more mails go to one person, without a word. */
const MOST_SENT = 10
const SENT_WINDOW_SECONDS = 900

interface ForgotPassword {
  clientId: string
  clientSecret: string
  username: string
}

/** Throws `client_missing` or `client_unverified` only. */
export async function sendResetLink(deps: Deps, { clientId, clientSecret, username }: ForgotPassword): Promise<void> {
  if (!clientId) throw new AppError('client_missing')
  const { db } = deps
  const now = deps.now()
  const digests = await secretDigests(deps, clientSecret)
  const usernameKey = lookupKey(username)
  const counter = await sentCounter(deps, usernameKey)
  const [[sent], [client], [principal]] = await db.batch([
    countAttempt(db, { ...counter, onlyIf: existsVerifiedClient(clientId, digests, now) }),
    selectVerifiedClient(db, clientId, digests, now),
    selectLoginByUsername(db, usernameKey),
  ])
  if (!client) throw new AppError('client_unverified')
  if (!sent || sent.count > MOST_SENT) return
  const person = principal && mayUse(principal, client) ? principal : undefined
  await mailResetLink(deps, person, client.id)
}

/** The same from our own page, for a member of the tenant. */
export async function sendHostedResetLink(deps: Deps, tenantId: string, username: string): Promise<void> {
  const { db } = deps
  const usernameKey = lookupKey(username)
  const [[sent], [principal]] = await db.batch([
    countAttempt(db, await sentCounter(deps, usernameKey)),
    selectLoginByUsername(db, usernameKey, tenantId),
  ])
  if (sent && sent.count <= MOST_SENT) await mailResetLink(deps, principal, null)
}

const sentCounter = async ({ now }: Deps, usernameKey: string) => ({
  key: `reset-sent:${await sha256(usernameKey)}`,
  windowSeconds: SENT_WINDOW_SECONDS,
  now: now(),
})

/** For nobody, a link is made that leads to nobody: the same work. */
async function mailResetLink(deps: Deps, principal: Principal | undefined, clientId: string | null): Promise<void> {
  const person = principal?.user.email && !personRefusal(principal) ? principal : undefined
  const internal = person?.user.authProvider === 'internal'
  const link = await storeLink(deps, clientId, internal ? person.user.id : null)
  const { email, locale, authProvider } = person?.user ?? {}
  if (!person || !email) return
  const letter = { tenant: person.tenant, locale }
  const to = { address: email, channel: 'mail' as const }
  if (internal) sendLetter(deps, to, { kind: 'reset-password', ...letter, link })
  else sendLetter(deps, to, { kind: 'reset-password-external', ...letter, about: authProvider })
}

async function storeLink({ db, config, now }: Deps, clientId: string | null, userId: string | null): Promise<string> {
  const token = randomToken()
  const row = {
    kind: RESET_LINK,
    hash: await sha256(token),
    clientId,
    userId,
    data: {},
    expiresAt: new Date(now().getTime() + LIFETIME_MS),
  }
  await db.batch([voidOneTimeSecrets(db, RESET_LINK, userId ?? '', now()), insertOneTimeSecret(db, row)])
  return `${config.PUBLIC_ORIGIN}/reset-password?token=${token}`
}
