/**
 * Challenges to sign. Anybody may ask for one, so none is kept: a challenge carries its end and a MAC over what it is for,
 * and is written down only when it is used. `<end in base 36>.<random>.<mac>`
 */
import type { SQL } from 'drizzle-orm'
import { spendUnkept } from '../../db/one-time.ts'
import type { Deps } from '../../deps.ts'
import { newId, randomToken, sha256 } from '../crypto.ts'
import { keyedDigest, verifyKeyedDigest } from '../vault.ts'

/** What it is for: the kind of login or registration, and for whom or what; empty where that is not known yet. */
export interface Purpose {
  kind: string
  subject: string
}

export async function makeChallenge({ config }: Pick<Deps, 'config'>, purpose: Purpose, end: Date): Promise<string> {
  const claim = `${end.getTime().toString(36)}.${randomToken(16)}`
  return `${claim}.${await keyedDigest(config, toText(purpose), claim)}`
}

/** When it ends; undefined when we did not make it for this purpose, or it has ended. */
export async function challengeEnd(deps: Pick<Deps, 'config' | 'now'>, purpose: Purpose, challenge: string) {
  const [, claim = '', end = '', mac = ''] = /^(([0-9a-z]{8,9})\.[\w-]{22})\.([\w-]{43})$/.exec(challenge) ?? []
  const endsAt = new Date(Number.parseInt(end, 36))
  if (!(endsAt > deps.now())) return undefined
  return (await verifyKeyedDigest(deps.config, toText(purpose), claim, mac)) ? endsAt : undefined
}

/** For the batch of what the answer leads to; answers a row to the one use that wins. Only where `onlyIf` holds. */
export async function spendChallenge(deps: Deps, { kind }: Purpose, challenge: string, endsAt: Date, onlyIf?: SQL) {
  const use = { kind, hash: await sha256(challenge), useId: newId(), now: deps.now() }
  return { use, statement: spendUnkept(deps.db, use, endsAt, onlyIf) }
}

const toText = ({ kind, subject }: Purpose) => `challenge\0${kind}\0${subject}`
