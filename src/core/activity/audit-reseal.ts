/** Audit rows and seals, proved anew under the current master key. The chains stay as they are: hashes have no key. */
import type { ChainedRow } from '../../db/audit-chain.ts'
import {
  countProvedWith,
  countProvedWithNone,
  listRowsProvedWith,
  listSealsProvedWith,
  replaceRowProof,
  replaceSealProof,
} from '../../db/audit-proofs.ts'
import type { Statement } from '../../db/batch.ts'
import type { Deps } from '../../deps.ts'
import { currentSealMark, previousSealMark } from '../vault.ts'
import { isOurSeal, isOurs, macAgain, sealMac } from './audit-proof.ts'

/** Stands before a MAC that says it is of the previous key and is not: nobody waits for it, and it goes on being found. */
const NOT_OURS = 'not-ours.'

/**
 * Statements for some of those that the previous key made. What any other key made stays as it is: only that key can say
 * whether it was ours.
 */
export async function proveAgain({ db, config }: Deps, limit: number): Promise<Statement[]> {
  const previous = await previousSealMark(config)
  if (previous === undefined) return []
  const rows = await listRowsProvedWith(db, previous, limit)
  const seals = await listSealsProvedWith(db, previous, limit - rows.length)
  const broken = `${await currentSealMark(config)}${NOT_OURS}`
  return [
    ...rows.map((row) =>
      replaceRowProof(
        db,
        row,
        isOurs(config, row as ChainedRow) ? macAgain(config, row as ChainedRow) : `${broken}${row.mac}`,
      ),
    ),
    ...seals.map((seal) =>
      replaceSealProof(db, seal, isOurSeal(config, seal) ? sealMac(config, seal.log) : `${broken}${seal.mac}`),
    ),
  ]
}

/** How many still wait for `proveAgain`, and how many no configured key has made. */
export async function countUnproved({ db, config }: Deps): Promise<{ waiting: number; unprovable: number }> {
  const [current, previous] = [await currentSealMark(config), await previousSealMark(config)]
  return {
    waiting: previous === undefined ? 0 : await countProvedWith(db, previous),
    unprovable: await countProvedWithNone(db, previous === undefined ? [current] : [current, previous]),
  }
}
