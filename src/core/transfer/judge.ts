/** What becomes of the lines of an import: each is new, there already, or refused; none stops the others. */
import { runAll, type Statement } from '../../db/batch.ts'
import type { Sought } from '../../db/import-lookups.ts'
import type { Deps } from '../../deps.ts'
import { type AuditEntry, auditStatement } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { orConflict } from '../directory/refusals.ts'
import { AppError, type Issue } from '../errors.ts'

export type Verdict =
  | { outcome: 'created' | 'present'; id: string }
  /** Because of fields, or of something else of the same name. */
  | { outcome: 'refused'; issues: Issue[] }

interface Identified {
  id: string
}

export interface Kind<Line extends { id?: string | undefined }, Row extends Identified, Known extends Identified> {
  /** What it is called, where ids differ. */
  keyOf(line: Line | Known | Row): string[]
  /** What is there already, and how to find what is wrong with a line and to make its row; one round trip. */
  look(
    deps: Deps,
    sought: Sought,
    lines: Line[],
  ): Promise<{ known: Known[]; flaws(line: Line): Issue[]; row(line: Line, id: string): Row | Promise<Row> }>
  /** Whether what has the id of a line is something else. */
  isAnother?(line: Line, same: Known | Row): boolean
  /** Why a line may not stand for something that has another id and the same name. */
  differs?(line: Line, holder: Known | Row): Issue[]
  /** The rows' own audit comes behind. */
  write(deps: Deps, rows: Row[], actor: ApiKeyActor): Statement[]
  /** What this process remembers and is to ask for again. */
  written?(deps: Deps): void
  audit(row: Row): AuditEntry
}

/** All new rows of a call, and their audit rows, come in one batch, or with `dryRun` not at all. */
export const importer =
  <Line extends { id?: string | undefined }, Row extends Identified, Known extends Identified>(
    kind: Kind<Line, Row, Known>,
  ) =>
  async (deps: Deps, actor: ApiKeyActor, lines: Line[], dryRun: boolean): Promise<Verdict[]> => {
    const sought = { ids: lines.flatMap(({ id }) => id ?? []), keys: lines.map((line) => kind.keyOf(line)) }
    const { known, flaws, row } = await kind.look(deps, sought, lines)
    const byId = new Map<string, Known | Row>(known.map((one) => [one.id, one]))
    const byKey = new Map<string, Known | Row>(known.map((one) => [JSON.stringify(kind.keyOf(one)), one]))
    const rows: Row[] = []
    const verdicts: Verdict[] = []
    for (const line of lines) {
      const key = JSON.stringify(kind.keyOf(line))
      const same = byId.get(line.id ?? '')
      const holder = byKey.get(key)
      const issues = same ? clash(kind, line, same) : holder ? (kind.differs?.(line, holder) ?? []) : flaws(line)
      const found = same ?? holder
      if (issues.length > 0) verdicts.push({ outcome: 'refused', issues })
      else if (found) verdicts.push({ outcome: 'present', id: found.id })
      else {
        const made = await row(line, line.id ?? newId())
        byId.set(made.id, made)
        byKey.set(key, made)
        rows.push(made)
        verdicts.push({ outcome: 'created', id: made.id })
      }
    }
    if (rows.length > 0 && !dryRun) {
      const record = rows.map((made) => auditStatement(deps, actor, kind.audit(made)))
      await orConflict(
        runAll(deps.db, [...kind.write(deps, rows, actor), ...record]),
        'Something came in between: send it again',
      )
      kind.written?.(deps)
    }
    return verdicts
  }

function clash<Line extends { id?: string | undefined }, Row extends Identified, Known extends Identified>(
  { isAnother }: Kind<Line, Row, Known>,
  line: Line,
  same: Known | Row,
): Issue[] {
  return isAnother?.(line, same) ? [flaw('id', 'is that of another one')] : []
}

/** What a check throws, as what is wrong with a line. */
export function issuesOfRefusal(check: () => void): Issue[] {
  try {
    check()
    return []
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.issues) return thrown.issues
    throw thrown
  }
}

export const flaw = (path: string | (string | number)[], message: string): Issue => ({
  path: [path].flat(),
  code: 'invalid',
  message,
  info: {},
})

/** A reference to something that is not there. */
export const missing = (path: string | (string | number)[]): Issue => flaw(path, 'must be one that exists')

/** The values that are there, of those that lines refer to. */
export const distinct = (values: (string | null | undefined)[]): string[] => [
  ...new Set(values.filter((value): value is string => typeof value === 'string')),
]
