/** Asking for a link to a new password. Whoever is named, the answer and the work are the same. */
import { type Client, existsVerifiedClient, selectVerifiedClient } from '../../db/clients.ts'
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
  const counter = { key: `reset-sent:${await sha256(usernameKey)}`, windowSeconds: SENT_WINDOW_SECONDS, now }
  const [[sent], [client], [principal]] = await db.batch([
    countAttempt(db, { ...counter, onlyIf: existsVerifiedClient(clientId, digests, now) }),
    selectVerifiedClient(db, clientId, digests, now),
    selectLoginByUsername(db, usernameKey),
  ])
  if (!client) throw new AppError('client_unverified')
  if (!sent || sent.count > MOST_SENT) return

  const person = principal && mayReset(principal, client) ? principal : undefined
  const link = await storeLink(deps, client, person?.user.authProvider === 'internal' ? person.user.id : null)
  const { email, locale, authProvider } = person?.user ?? {}
  if (!person || !email) return
  const letter = { tenant: person.tenant, locale }
  const to = { address: email, channel: 'mail' as const }
  if (authProvider === 'internal') sendLetter(deps, to, { kind: 'reset-password', ...letter, link })
  else sendLetter(deps, to, { kind: 'reset-password-external', ...letter, about: authProvider })
}

function mayReset(principal: Principal, client: Client): boolean {
  return Boolean(principal.user.email) && !personRefusal(principal) && mayUse(principal, client)
}

/** For nobody, a link is made that leads to nobody: the same work. */
async function storeLink({ db, config, now }: Deps, client: Client, userId: string | null): Promise<string> {
  const token = randomToken()
  const row = {
    kind: RESET_LINK,
    hash: await sha256(token),
    clientId: client.id,
    userId,
    data: {},
    expiresAt: new Date(now().getTime() + LIFETIME_MS),
  }
  await db.batch([voidOneTimeSecrets(db, RESET_LINK, userId ?? '', client.id, now()), insertOneTimeSecret(db, row)])
  return `${config.PUBLIC_ORIGIN}/reset-password?token=${token}`
}
