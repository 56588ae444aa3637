/** One given code, held against what the person has: the app, a recovery code, a new app's first code, the code sent. */
import type { Statement } from '../../db/batch.ts'
import { consumeOneTimeSecret } from '../../db/one-time.ts'
import { OTP, withDigest } from '../../db/otp-slots.ts'
import type { Principal } from '../../db/principals.ts'
import {
  confirmPendingSecret,
  consumeTimeStep,
  deleteReplacedRecoveryCodes,
  insertRecoveryCodes,
  RECOVERY_CODE,
} from '../../db/second-factors.ts'
import type { Deps } from '../../deps.ts'
import { newId, sameDigest } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { keyedDigests } from '../vault.ts'
import { matchStep, sealSecret, unsealSecret } from './authenticator.ts'
import { OTP_PURPOSE } from './otp.ts'
import { isRecoveryCode, newRecoveryCodes, recoveryHash } from './recovery-codes.ts'

export interface FactorProof {
  kind: 'authenticator' | 'recovery' | 'enrolment' | 'otp'
  /** Spends it; answers a row to the one use that wins. */
  spend: Statement
  settle: Statement[]
  /** Given once, with a new app. */
  recoveryCodes?: string[]
}

interface Given {
  code: string
  principal: Principal | undefined
  /** The slot's hash and the digest of the code that was sent, if one was. */
  sent: { hash: string; digest: string } | undefined
}

/** Throws `otp_invalid`, or `otp_expired` where the app is asked (the original's words for it). */
export async function proveFactor(deps: Deps, { code, principal, sent }: Given): Promise<FactorProof> {
  if (principal?.factors?.confirmedAt) return proveByApp(deps, principal, code)
  const enrolled = principal && (await proveByNewApp(deps, principal, code))
  if (enrolled) return enrolled
  if (!sent) throw new AppError('otp_invalid')
  const given = await keyedDigests(deps.config, OTP_PURPOSE, `${sent.hash}.${code}`)
  if (!given.some((digest) => sameDigest(digest, sent.digest))) throw new AppError('otp_invalid')
  const use = { kind: OTP, hash: sent.hash, useId: newId(), now: deps.now() }
  return { kind: 'otp', spend: consumeOneTimeSecret(deps.db, use, withDigest(sent.digest)), settle: [] }
}

/** The app's code, or one of the recovery codes that stand in for the app. */
export async function proveByApp(deps: Deps, { user, factors }: Principal, code: string): Promise<FactorProof> {
  const { db } = deps
  if (isRecoveryCode(code)) {
    const use = { kind: RECOVERY_CODE, hash: await recoveryHash(user.id, code), useId: newId(), now: deps.now() }
    return { kind: 'recovery', spend: consumeOneTimeSecret(db, use), settle: [] }
  }
  const step = await matchStep(deps, { userId: user.id, slot: 'secret', sealed: factors?.secret, code })
  if (step === undefined) throw new AppError('otp_expired')
  return { kind: 'authenticator', spend: consumeTimeStep(db, user.id, step), settle: [] }
}

/** The first code of a new app confirms it and gives out recovery codes; undefined when it is not that. */
async function proveByNewApp(deps: Deps, { user, factors }: Principal, code: string): Promise<FactorProof | undefined> {
  const { db } = deps
  const pending = factors?.pendingSecret
  const step = await matchStep(deps, { userId: user.id, slot: 'pending_secret', sealed: pending, code })
  if (step === undefined || !pending) return undefined
  const plain = await unsealSecret(deps, user.id, 'pending_secret', pending)
  const secret = await sealSecret(deps, user.id, 'secret', plain)
  const recoveryCodes = newRecoveryCodes()
  const hashes = await Promise.all(recoveryCodes.map((recoveryCode) => recoveryHash(user.id, recoveryCode)))
  return {
    kind: 'enrolment',
    spend: confirmPendingSecret(db, { userId: user.id, pending, secret, step, now: deps.now() }),
    settle: [deleteReplacedRecoveryCodes(db, user.id, secret), insertRecoveryCodes(db, user.id, secret, hashes)],
    recoveryCodes,
  }
}
