/** From another Gatehouse: the lines of its export, as they are. */
import type { Line } from '../../core/transfer/lines.ts'
import type { Notes } from './notes.ts'
import { readLines } from './read/text-lines.ts'
import type { Choices, Outgoing, Source } from './source.ts'

export async function fromGatehouse({ paths, notes }: Choices): Promise<Source> {
  let total = 0
  for (const path of paths) for await (const line of readLines(path)) if ('text' in line && line.text !== '') total++
  return { total, lines: () => readAll(paths, notes), close: () => {} }
}

async function* readAll(paths: string[], notes: Notes): AsyncGenerator<Outgoing> {
  for (const path of paths)
    for await (const read of readLines(path)) {
      const where = `${path}:${read.number}`
      if ('flaw' in read) notes.left('lines', read.flaw, where)
      else if (read.text.trim() !== '') {
        const line = parse(read.text)
        if (line) yield { line, name: nameOf(line, where) }
        else notes.left('lines', 'is not a line of an export', where)
      }
    }
}

/** Whether it is a good line the service decides. */
function parse(text: string): Line | undefined {
  try {
    const line = JSON.parse(text)
    return typeof line?.type === 'string' ? line : undefined
  } catch {
    return undefined
  }
}

const nameOf = (line: Line, where: string) =>
  ('username' in line && line.username) || ('clientId' in line && line.clientId) || ('key' in line && line.key) || where
