/** Six digits by mail or SMS: sent to whoever may have them, and to nobody under a name that nobody has. */
import * as z from 'zod'
import { type Client, existsVerifiedClient, selectVerifiedClient } from '../../db/clients.ts'
import { putOtpSlot } from '../../db/otp-slots.ts'
import { type Principal, selectLoginByUsername } from '../../db/principals.ts'
import { countAttempt } from '../../db/throttles.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { randomDigits, sha256 } from '../crypto.ts'
import { secretDigests } from '../directory/client-secrets.ts'
import { AppError } from '../errors.ts'
import { addressOf, sendLetter } from '../messages/send.ts'
import { mayUse, personRefusal } from '../sessions/admission.ts'
import { keyedDigest } from '../vault.ts'
import { factorOf } from './second-factor.ts'

export const LIFETIME_MS = 5 * 60_000
/** Beyond these in a quarter of an hour no more are sent to one person, without a word. */
const MOST_SENT = 10
const SENT_WINDOW_SECONDS = 900

/** What a slot holds. */
export const OtpData = z.object({
  /** Keyed digest of the code; null where the authenticator app is asked. */
  digest: z.string().nullable(),
  /** The login that has proved one factor and waits for the second. */
  login: z
    .object({
      codeHash: z.string(),
      /** The session that the login will open; what its provider gave is kept for that one. */
      sessionId: z.string(),
      method: z.string(),
      codeChallenge: z.string().nullable(),
      /** Epoch milliseconds. */
      until: z.number(),
    })
    .nullable(),
})
export type WaitingLogin = NonNullable<z.infer<typeof OtpData>['login']>

export const otpHash = (usernameKey: string) => sha256(usernameKey)
export const OTP_PURPOSE = 'one-time code'

interface SendOtp {
  clientId: string
  clientSecret: string
  username: string
}

/**
 * Answers alike whoever is named. Throws `client_missing`, `client_unverified` or, for an empty name, `credentials_empty`.
 */
export async function sendOtp(deps: Deps, { clientId, clientSecret, username }: SendOtp): Promise<void> {
  if (!clientId) throw new AppError('client_missing')
  const { db } = deps
  const now = deps.now()
  const digests = await secretDigests(deps, clientSecret)
  const usernameKey = lookupKey(username)
  const counter = { key: `otp-sent:${await otpHash(usernameKey)}`, windowSeconds: SENT_WINDOW_SECONDS, now }
  const [[sent], [client], [principal]] = await db.batch([
    countAttempt(db, { ...counter, onlyIf: existsVerifiedClient(clientId, digests, now) }),
    selectVerifiedClient(db, clientId, digests, now),
    selectLoginByUsername(db, usernameKey),
  ])
  if (!client) throw new AppError('client_unverified')
  if (!username) throw new AppError('credentials_empty')
  if (!sent || sent.count > MOST_SENT) return
  const slot = await makeOtpSlot(deps, { usernameKey, client, principal, login: null })
  await slot.statement
  slot.send()
}

/** Counts one more code for this name; false when enough have been sent. */
export async function maySendCode({ db, now }: Deps, usernameKey: string): Promise<boolean> {
  const key = `otp-sent:${await otpHash(usernameKey)}`
  const [sent] = await countAttempt(db, { key, windowSeconds: SENT_WINDOW_SECONDS, now: now() })
  return sent !== undefined && sent.count <= MOST_SENT
}

interface NewSlot {
  usernameKey: string
  client: Client
  principal: Principal | undefined
  login: WaitingLogin | null
}

/** The row, and what is to be sent once it is there. */
export async function makeOtpSlot(deps: Deps, { usernameKey, client, principal, login }: NewSlot) {
  const now = deps.now()
  const person = principal && !personRefusal(principal) && mayUse(principal, client) ? principal : undefined
  const address = person && factorOf(deps, person) === 'delivered' ? addressOf(deps, person.user) : undefined
  const code = randomDigits(6)
  const hash = await otpHash(usernameKey)
  const digest = person && !address ? null : await keyedDigest(deps.config, OTP_PURPOSE, `${hash}.${code}`)
  const statement = putOtpSlot(
    deps.db,
    {
      hash,
      clientId: client.id,
      userId: person?.user.id ?? null,
      data: { digest, login },
      expiresAt: new Date(now.getTime() + LIFETIME_MS),
    },
    now,
  )
  const send = () => {
    if (person && address)
      sendLetter(deps, address, { kind: 'one-time-code', tenant: person.tenant, locale: person.user.locale, code })
  }
  return { statement, send }
}
