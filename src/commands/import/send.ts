/** Brings lines to the service, a hundred a call, and keeps account of what became of them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Line, LineType } from '../../core/transfer/lines.ts'
import type { AdminApi } from '../admin-api.ts'
import type { Account } from './account.ts'
import { type Issue, salvage } from './salvage.ts'
import type { Outgoing, Source } from './source.ts'

export interface Sending {
  api: AdminApi
  account: Account
  /** Nothing is written. */
  dryRun: boolean
  /** Tenants and roles that are there under another id stand for those that come. */
  merge: boolean
}

type Result = { outcome: 'created' | 'present'; id: string } | { outcome: 'refused'; issues: Issue[] }

const MOST_LINES = 100
const MOST_CHARACTERS = 300_000
const AT_ONCE = 4
const TRIES = 6
/** What is wrong with the form of a line is told first, and what is wrong with its sense only then. */
const SALVAGE_ROUNDS = 3
const UNKNOWN = 'must be one that exists'

export async function sendAll(source: Source, sending: Sending): Promise<void> {
  const { account } = sending
  /** From the id that a line has to that of what stands for it. */
  const standIns = new Map<string, string>()
  /** In a trial, what would not be there. */
  const refused = new Set<string>()
  const running = new Set<Promise<void>>()
  let failure: unknown
  let batch: Outgoing[] = []
  let size = 0
  let type: LineType | undefined

  async function flush(): Promise<void> {
    if (batch.length === 0) return
    const work = sendBatch(batch, { ...sending, standIns, refused })
    batch = []
    size = 0
    const kept: Promise<void> = work
      .catch((error: unknown) => void (failure ??= error))
      .finally(() => running.delete(kept))
    running.add(kept)
    if (running.size >= AT_ONCE) await Promise.race(running)
    if (failure) throw failure
  }
  async function settle(): Promise<void> {
    await Promise.all(running)
    if (failure) throw failure
  }

  for await (const outgoing of source.lines()) {
    const length = JSON.stringify(outgoing.line).length
    if (outgoing.line.type !== type || batch.length === MOST_LINES || size + length > MOST_CHARACTERS) {
      await flush()
      // What is of another type may refer to what came before.
      if (outgoing.line.type !== type) await settle()
    }
    type = outgoing.line.type
    if (length > MOST_CHARACTERS) account.refused(outgoing, [{ path: '', message: 'is too large' }])
    else {
      batch.push(outgoing)
      size += length
    }
  }
  await flush()
  await settle()
}

interface Knowledge extends Sending {
  standIns: Map<string, string>
  refused: Set<string>
}

async function sendBatch(batch: Outgoing[], knowledge: Knowledge, rounds = SALVAGE_ROUNDS): Promise<void> {
  const { account, standIns } = knowledge
  const lines = batch.map(({ line }) => translated(line, standIns))
  const results = await post(knowledge, lines)
  const salvaged: Outgoing[] = []
  for (const [at, outgoing] of batch.entries()) {
    const result = results[at]
    if (!result) throw new Error('The service did not say what became of a line.')
    const issues = result.outcome === 'refused' ? realIssues(outgoing.line, result.issues, knowledge) : []
    const rest = rounds > 0 ? salvage(outgoing.line, issues) : undefined
    if (issues.length > 0 && rest) {
      account.trimmed(outgoing, issues)
      salvaged.push({ ...outgoing, line: rest })
    } else if (issues.length > 0) refuse(outgoing, issues, knowledge)
    else if (result.outcome === 'present') present(outgoing, result.id, knowledge)
    else account.created(outgoing, result.outcome === 'created' ? result.id : undefined)
  }
  if (salvaged.length > 0) await sendBatch(salvaged, knowledge, rounds - 1)
}

function refuse(outgoing: Outgoing, issues: Issue[], { account, refused, dryRun }: Knowledge): void {
  account.refused(outgoing, issues)
  if (dryRun && outgoing.line.id) refused.add(outgoing.line.id)
}

function present(outgoing: Outgoing, id: string, knowledge: Knowledge): void {
  const { line, merge = knowledge.merge } = outgoing
  const other = line.id !== undefined && line.id !== id
  if (other && (line.type === 'tenant' || line.type === 'role')) {
    if (!merge) {
      refuse(outgoing, [{ path: '', message: ANOTHER }], knowledge)
      return
    }
    knowledge.standIns.set(line.id ?? '', id)
  }
  knowledge.account.present(outgoing, id, other)
}

const ANOTHER = 'there is another one of this name in the service (--merge puts them together)'

/** In a trial nothing is there yet that others refer to: only what was refused is missing. */
function realIssues(line: Line, issues: Issue[], { dryRun, refused }: Knowledge): Issue[] {
  if (!dryRun) return issues
  const references = Object.values(line).some(
    (value) => typeof value === 'string' && value !== line.id && refused.has(value),
  )
  return issues.filter(({ message }) => message !== UNKNOWN || references)
}

function translated(line: Line, standIns: Map<string, string>): Line {
  if (standIns.size === 0) return line
  const swap = (name: string, value: unknown) =>
    /^(tenantId|defaultTenantId|roleId)$/.test(name) ? (standIns.get(String(value)) ?? value) : value
  return Object.fromEntries(Object.entries(line).map(([name, value]) => [name, swap(name, value)])) as unknown as Line
}

/** Again while the service is busy or away for a moment: what was done already does no harm the second time. */
async function post({ api, dryRun }: Knowledge, lines: Line[]): Promise<Result[]> {
  for (let tries = 1; ; tries++) {
    try {
      return (await api.post<{ results: Result[] }>('/v1/import', { dryRun, lines })).results
    } catch (error) {
      const { status } = ((error as Error).cause ?? {}) as { status?: number }
      const passing = status === undefined || status === 409 || status === 429 || status >= 500
      if (!passing || tries === TRIES) throw error
      await sleep(100 * 2 ** tries)
    }
  }
}
