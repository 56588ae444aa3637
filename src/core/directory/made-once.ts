/**
 * What is asked for again after a lost answer (draft-ietf-httpapi-idempotency-key-header) is made once: the mark of the
 * caller's key goes into the batch that makes it, and of any number at once its primary key lets one through.
 */
import type { SQL } from 'drizzle-orm'
import * as z from 'zod'
import { isUniqueViolation, type Statement } from '../../db/batch.ts'
import { insertMark, selectOneTimeSecret } from '../../db/one-time.ts'
import type { Deps } from '../../deps.ts'
import type { ApiKeyActor } from '../actor.ts'
import { sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { keyedDigest, verifyKeyedDigest } from '../vault.ts'

const KIND = 'idempotency_key'
const KEEP_MS = 24 * 3_600_000

const Mark = z.object({ id: z.string(), print: z.string() })

interface Asked {
  /** The caller's; without one everything is made that is asked for. */
  key: string | undefined
  /** What is made. */
  kind: string
  /** All that the caller said about it. */
  input: object
}

/**
 * `make` puts the mark of the new id at the end of its batch. Answers what it made, or the id of what was made before.
 * Throws what `make` throws, and `idempotency_key_reused` when the key came with something else before.
 */
export async function madeOnce<Made>(
  deps: Deps,
  actor: ApiKeyActor,
  { key, kind, input }: Asked,
  make: (mark: (id: string | SQL) => Statement[]) => Promise<Made>,
): Promise<{ made: Made } | { before: string }> {
  if (key === undefined) return { made: await make(() => []) }
  const { db, config } = deps
  const hash = await sha256(JSON.stringify([actor.id, kind, key]))
  // With a key of ours, for there may be secrets in it.
  const text = `${hash} ${JSON.stringify(input)}`
  const print = await keyedDigest(config, KIND, text)
  const expiresAt = new Date(deps.now().getTime() + KEEP_MS)
  try {
    return { made: await make((id) => [insertMark(db, { kind: KIND, hash, print, id, expiresAt })]) }
  } catch (thrown) {
    if (!isUniqueViolation(thrown)) throw thrown
    const [mark] = await selectOneTimeSecret(db, { kind: KIND, hash })
    if (!mark) throw thrown
    const before = Mark.parse(mark.data)
    if (!(await verifyKeyedDigest(config, KIND, text, before.print))) throw new AppError('idempotency_key_reused')
    return { before: before.id }
  }
}
