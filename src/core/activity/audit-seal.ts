/** Seals what was added to the chains of audit rows. Runs after answers and in the upkeep; any number may run at once. */
import { type AuditSeal, type ChainedRow, readUnsealed, writeSeals } from '../../db/audit-chain.ts'
import { isUniqueViolation } from '../../db/batch.ts'
import type { Ports } from '../../deps.ts'
import { chainHash, GENESIS, logHash, sealMac } from './audit-proof.ts'

const MOST_ROWS = 500
/** What then is left, or was lost to others that sealed at the same time, is for the next run. */
const MOST_ROUNDS = 20

/** Never throws, because the rows are safe without it. */
export async function sealAudit(ports: Ports): Promise<void> {
  try {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      if (!(await sealSome(ports))) return
    }
  } catch (cause) {
    ports.log('warn', 'audit rows not sealed yet', { cause })
  }
}

/** Answers whether there was anything to seal. */
async function sealSome({ config, db, now }: Ports): Promise<boolean> {
  const { rows, heads, last } = await readUnsealed(db, MOST_ROWS)
  if (rows.length === 0) return false
  const before = new Map(heads.map(({ chain, hash }) => [chain, hash]))
  const hashes = rows.map((row) => {
    const hash = chainHash(before.get(row.chain ?? '') ?? GENESIS, row)
    before.set(row.chain ?? '', hash)
    return { id: row.id, hash }
  })

  const seals: AuditSeal[] = []
  let { n, log } = last ?? { n: 0, log: GENESIS }
  for (const { chain, seq } of lastOfEach(rows)) {
    const seal = { n: ++n, chain, seq, hash: before.get(chain) ?? GENESIS, at: now() }
    log = logHash(log, seal)
    seals.push({ ...seal, log, mac: sealMac(config, log) })
  }
  await writeSeals(db, seals, hashes).catch((cause: unknown) => {
    if (!isUniqueViolation(cause)) throw cause
  })
  return true
}

/** Rows from before the chains first, because the first seal of a newer one closes them. */
function lastOfEach(rows: ChainedRow[]): { chain: string; seq: number }[] {
  const ends = new Map(rows.map(({ chain, seq }) => [chain ?? '', seq]))
  return [...ends].map(([chain, seq]) => ({ chain, seq })).sort((a, b) => a.seq - b.seq)
}
