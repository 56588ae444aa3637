/** Audit rows and seals, proved anew under the current master key. The chains stay as they are: hashes have no key. */
import type { ChainedRow } from '../../db/audit-chain.ts'
import {
  listRowsProvedOtherwise,
  listSealsProvedOtherwise,
  replaceRowProof,
  replaceSealProof,
} from '../../db/audit-proofs.ts'
import type { Statement } from '../../db/batch.ts'
import type { Deps } from '../../deps.ts'
import { isOurSeal, isOurs, macAgain, sealMac } from './audit-proof.ts'

/** In the place of a MAC that was not ours: nobody waits for it, and it goes on being found. */
const NOT_OURS = 'not-ours'

/** Statements for some of those that do not carry `mark`. */
export async function proveAgain({ db, config }: Deps, mark: string, limit: number): Promise<Statement[]> {
  const rows = await listRowsProvedOtherwise(db, mark, limit)
  const seals = await listSealsProvedOtherwise(db, mark, limit - rows.length)
  const broken = `${mark}${NOT_OURS}`
  return [
    ...rows.map((row) =>
      replaceRowProof(db, row, isOurs(config, row as ChainedRow) ? macAgain(config, row as ChainedRow) : broken),
    ),
    ...seals.map((seal) => replaceSealProof(db, seal, isOurSeal(config, seal) ? sealMac(config, seal.log) : broken)),
  ]
}
