/** CSV (RFC 4180) with a heading. An empty cell is null, and `""` the empty text, as Postgres writes them. */
import type { TableRow } from './table-rows.ts'
import type { TextLine } from './text-lines.ts'

/** A row may go over several lines, but not without end: behind a quote that is never closed reading starts anew. */
const MOST_LINES = 1_000
const MOST_CHARACTERS = 4 * 1024 * 1024

export async function* readCsv(lines: AsyncIterable<TextLine>, table: string): AsyncGenerator<TableRow> {
  let columns: string[] | undefined
  for await (const record of readRecords(lines)) {
    const { line } = record
    if ('flaw' in record) yield { table, line, flaw: record.flaw }
    else if (!columns) columns = record.cells.map((name) => snakeCase(name ?? ''))
    else if (record.cells.length !== columns.length)
      yield { table, line, flaw: `has ${record.cells.length} columns instead of ${columns.length}` }
    else yield { table, line, values: Object.fromEntries(columns.map((name, at) => [name, record.cells[at] ?? null])) }
  }
}

/** `clientId`, `client_id` and `Client ID` are the same. */
const snakeCase = (name: string) =>
  name
    .trim()
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase()

type Record = { line: number } & ({ cells: (string | null)[] } | { flaw: string })

async function* readRecords(lines: AsyncIterable<TextLine>): AsyncGenerator<Record> {
  /** What may be one row: all but the last have an odd number of quotes so far. */
  let pending: { number: number; text: string }[] = []
  let odd = false
  let size = 0

  function* takeWhole(): Generator<Record> {
    const [first] = pending
    if (!first || odd) return
    const text = pending.map((line) => line.text).join('\n')
    pending = []
    size = 0
    if (text !== '') yield { line: first.number, ...parseRecord(text) }
  }
  /** Gives the first line up and reads the others again. */
  function* startAnew(): Generator<Record> {
    const [first, ...rest] = pending
    if (!first) return
    pending = []
    odd = false
    size = 0
    yield { line: first.number, flaw: 'opens a quote that is never closed' }
    for (const line of rest) yield* add(line)
  }
  function* add(line: { number: number; text: string }): Generator<Record> {
    pending.push(line)
    size += line.text.length
    odd = odd !== (line.text.split('"').length % 2 === 0)
    yield* takeWhole()
  }

  for await (const line of lines) {
    if ('flaw' in line) yield { line: line.number, flaw: line.flaw }
    else yield* add(line)
    if (pending.length > MOST_LINES || size > MOST_CHARACTERS) yield* startAnew()
  }
  while (pending.length > 0) yield* startAnew()
}

const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/y

function parseRecord(text: string): { cells: (string | null)[] } | { flaw: string } {
  const cells: (string | null)[] = []
  CELL.lastIndex = 0
  for (;;) {
    const found = CELL.exec(text)
    if (!found) return { flaw: 'has a quote where none can be' }
    const [, quoted, plain, end] = found
    cells.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'))
    if (end === '') return { cells }
  }
}
