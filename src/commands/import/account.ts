/** What became of every line: counted for the report, and told one by one to the report's file. */
import type { LineType } from '../../core/transfer/lines.ts'
import type { Note, Notes } from './notes.ts'
import type { Progress } from './progress.ts'
import type { Issue } from './salvage.ts'
import type { Outgoing } from './source.ts'

export interface Account {
  created(outgoing: Outgoing, id: string | undefined): void
  /** `other`: under another id than the one that came. */
  present(outgoing: Outgoing, id: string, other: boolean): void
  /** It goes again without what was wrong. */
  trimmed(outgoing: Outgoing, issues: Issue[]): void
  refused(outgoing: Outgoing, issues: Issue[]): void
  report(heading: string): string
}

const PLURALS: Record<LineType, string> = {
  tenant: 'tenants',
  unit: 'units',
  role: 'roles',
  client: 'clients',
  user: 'users',
  membership: 'memberships',
  identity: 'identities',
}

export function keepAccount(notes: Notes, progress: Progress, each: (entry: Record<string, unknown>) => void): Account {
  const counts = new Map<LineType, { created: number; present: number }>()
  function count({ line }: Outgoing, outcome: 'created' | 'present'): void {
    const of = counts.get(line.type) ?? { created: 0, present: 0 }
    of[outcome]++
    counts.set(line.type, of)
    progress.step(PLURALS[line.type])
  }
  const entry = ({ line, name, from }: Outgoing) => ({ type: line.type, name, ...(from && { from }) })
  return {
    created(outgoing, id) {
      count(outgoing, 'created')
      each({ outcome: 'created', ...entry(outgoing), id: id ?? outgoing.line.id })
    },
    present(outgoing, id, other) {
      count(outgoing, 'present')
      if (other && outgoing.line.type === 'client')
        notes.changed('clients', 'there already: it stays as it is, with its own secret', outgoing.name)
      each({ outcome: 'present', ...entry(outgoing), id })
    },
    trimmed(outgoing, issues) {
      for (const { path, message } of issues)
        notes.changed(PLURALS[outgoing.line.type], `without ${path.replace(/\.\d+$/, '')}: ${message}`, outgoing.name)
    },
    refused(outgoing, issues) {
      progress.step(PLURALS[outgoing.line.type])
      const why = issues.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')
      notes.left(PLURALS[outgoing.line.type] ?? 'lines', why, outgoing.name)
    },
    report: (heading) =>
      [
        heading,
        ...(Object.entries(PLURALS) as [LineType, string][]).flatMap(([type, plural]) => {
          const { created, present } = counts.get(type) ?? { created: 0, present: 0 }
          if (created + present === 0) return []
          return `  ${plural.padEnd(12)} ${amount(created)} new${present > 0 ? `, ${amount(present)} there already` : ''}`
        }),
        ...chapter('Carried, but not as it was:', notes.changes),
        ...chapter('Left behind:', notes.leftBehind),
        ...[...notes.remarks].map((remark) => `\n${remark}`),
      ].join('\n'),
  }
}

const amount = (count: number) => count.toLocaleString('en').padStart(9)

function chapter(heading: string, lines: ReadonlyMap<string, Note>): string[] {
  if (lines.size === 0) return []
  const told = [...lines].map(([words, { count, names }]) => {
    const examples = names.length > 0 ? ` (${names.join(', ')}${count > names.length ? ', …' : ''})` : ''
    return `${amount(count)} ${words}${examples}`
  })
  return ['', heading, ...told]
}
