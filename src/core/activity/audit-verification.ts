/** Whether the audit rows are those that were written: each chain row by row, and the log over all chains seal by seal. */
import { type AuditSeal, type ChainedRow, listChains, listSeals, readChain } from '../../db/audit-chain.ts'
import type { Deps } from '../../deps.ts'
import type { ApiKeyActor } from '../actor.ts'
import { requireOperator } from '../directory/refusals.ts'
import { AppError } from '../errors.ts'
import { chainHash, GENESIS, isOurSeal, isOurs, logHash } from './audit-proof.ts'

/** How a row, or a seal, is broken. */
export const BREAKS = {
  missing: 'Rows before this one are gone',
  end_missing: 'The rows behind this one, up to the last that was sealed, are gone',
  forged: 'The service has not written this row as it stands',
  displaced: 'This is not the row that was sealed here',
  placeless: 'This row has no place in its chain',
  unsealed: 'The seal of this row was taken away',
  seal_missing: 'This row was sealed, and the log of seals does not know it',
  seal_forged: 'The service has not written the seal of this row as it stands',
  log_missing: 'Seals before this one are gone from the log',
  log_forged: 'This is not the seal that was written here',
  log_rewound: 'The log of seals does not lead to what was remembered of it',
} as const
export type Break = keyof typeof BREAKS

/** Where a walk stands: a place, and the hash of everything before it and of itself. */
export interface Position {
  place: number
  hash: string
}

export interface Verification {
  checked: number
  broken: { place: number | null; id: string | null; reason: Break } | null
  /** How far the walk has come; to be handed in for what follows. */
  reached: Position | null
  more: boolean
}

/** Of a chain, or of the log, in a call. */
const MOST_ROWS = 500
const MOST_CHAINS = 200

/** The chain of a tenant, from its beginning or from where the walk before stood. Throws `not_found` for another's. */
export async function verifyChain(
  deps: Deps,
  actor: ApiKeyActor,
  tenantId: string | undefined,
  after: Position | undefined,
): Promise<Verification> {
  if (actor.tenantId !== null && (tenantId ?? actor.tenantId) !== actor.tenantId) throw new AppError('not_found')
  const chain = tenantId ?? actor.tenantId ?? ''
  const found = await readChain(deps.db, chain, after?.place ?? Number.MIN_SAFE_INTEGER, MOST_ROWS + 1)
  const { head, last } = found
  const rows = found.rows.slice(0, MOST_ROWS)
  const seals = new Map(found.seals.map((seal) => [seal.seq, seal]))
  const more = found.rows.length > rows.length
  let reached = after ?? null
  let checked = 0
  const stop = (reason: Break, row?: { seq: number | null; id: string | null }): Verification => {
    const broken = { place: row?.seq ?? null, id: row?.id ?? null, reason }
    return { checked, broken, reached, more: false }
  }

  if (found.placeless) return stop('placeless', found.placeless)
  for (const row of rows) {
    const hash = chainHash(reached?.hash ?? GENESIS, row)
    const reason = breakOf(deps, row, { hash, before: reached?.place, seal: seals.get(row.seq), head, last })
    if (reason) return stop(reason, row)
    reached = { place: row.seq, hash }
    checked++
  }
  if (!more && head && head.seq > (reached?.place ?? Number.NEGATIVE_INFINITY)) {
    return stop('end_missing', rows.at(-1) ?? { seq: reached?.place ?? null, id: null })
  }
  return { checked, broken: null, reached, more }
}

interface Expected {
  hash: string
  /** The place of the row before; none where this is the first. */
  before: number | undefined
  seal: AuditSeal | undefined
  head: AuditSeal | undefined
  last: AuditSeal | undefined
}

function breakOf({ config }: Deps, row: ChainedRow, { hash, before, seal, head, last }: Expected): Break | undefined {
  const sealed = head !== undefined && row.seq <= head.seq
  if (before === undefined ? row.seq > 1 : row.seq !== before + 1) return 'missing'
  // What was there before the chains has no MAC, and is good only as it was sealed before anything else.
  const old = row.seq <= 0 && row.mac === null
  if (old ? !sealed && last !== undefined && last.seq > 0 : !isOurs(config, row)) return 'forged'
  if (!sealed) return row.hash === null ? undefined : 'seal_missing'
  if (row.hash === null) return 'unsealed'
  if (row.hash !== hash) return 'displaced'
  if (seal && !isOurSeal(config, seal)) return 'seal_forged'
  if (seal && seal.hash !== hash) return 'displaced'
  return undefined
}

/** The tenants that have a chain, and null for what belongs to none; for operators. */
export async function listAuditChains({ db }: Deps, actor: ApiKeyActor, after: string | undefined) {
  requireOperator(actor)
  const chains = await listChains(db, after, MOST_CHAINS)
  const tenants = chains.map((chain) => (chain === '' ? null : chain))
  return { tenants, next: chains.length < MOST_CHAINS ? null : (chains.at(-1) ?? null) }
}

/** The log of seals from its beginning, or from what was remembered of it; for operators. */
export async function verifySeals(deps: Deps, actor: ApiKeyActor, after: Position | undefined): Promise<Verification> {
  requireOperator(actor)
  const found = await listSeals(deps.db, after?.place ?? 1, MOST_ROWS + 2)
  let reached = after ?? null
  let checked = 0
  const stop = (reason: Break, seal?: AuditSeal): Verification => ({
    checked,
    broken: { place: seal?.n ?? null, id: seal?.chain || null, reason },
    reached,
    more: false,
  })
  const known = after ? found.shift() : undefined
  if (after && (known?.n !== after.place || known.log !== after.hash)) return stop('log_rewound', known)

  const seals = found.slice(0, MOST_ROWS)
  for (const seal of seals) {
    if (seal.n !== (reached?.place ?? 0) + 1) return stop('log_missing', seal)
    const log = logHash(reached?.hash ?? GENESIS, seal)
    if (seal.log !== log || !isOurSeal(deps.config, seal)) return stop('log_forged', seal)
    reached = { place: seal.n, hash: log }
    checked++
  }
  return { checked, broken: null, reached, more: found.length > seals.length }
}
