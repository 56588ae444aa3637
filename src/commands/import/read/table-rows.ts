/** Rows of tables, whatever kind of file they stand in. */
import { basename } from 'node:path'
import { parseCopyRow } from './copy-row.ts'
import { readCsv } from './csv.ts'
import { parseCopy, parseCreateTable, parseInsert } from './insert-statement.ts'
import { readStatements } from './sql-statements.ts'
import { readLines } from './text-lines.ts'

export type TableRow = { table: string; line: number } & ({ values: Record<string, string | null> } | { flaw: string })

/** A plain dump of Postgres, or with the ending `.csv` one table with a heading. */
export const readTables = (path: string, wanted: (table: string) => boolean) =>
  /\.csv(\.gz)?$/i.test(path) ? readCsv(readLines(path), tableOf(path)) : readDump(path, wanted)

/** As in `users.csv`, `main.users.csv` or `main_users.csv.gz`. */
const tableOf = (path: string) =>
  basename(path)
    .toLowerCase()
    .replace(/\.csv(\.gz)?$/, '')
    .replace(/^.*\./, '')
    .replace(/^(main|public)_/, '')

/** Rows of tables that are not wanted come without values. */
async function* readDump(path: string, wanted: (table: string) => boolean): AsyncGenerator<TableRow> {
  const columnsOf = new Map<string, string[]>()
  let table = ''
  let columns: string[] = []
  for await (const piece of readStatements(readLines(path))) {
    const { line } = piece
    if (piece.kind === 'flaw') yield { table, line, flaw: piece.flaw }
    else if (piece.kind === 'data') yield { table, line, ...(wanted(table) ? copied(piece.text, columns) : EMPTY) }
    else {
      const made = parseCreateTable(piece.text)
      if (made) columnsOf.set(made.table, made.columns)
      const copy = parseCopy(piece.text)
      if (copy) {
        table = copy.table
        columns = copy.columns ?? columnsOf.get(table) ?? []
      }
      const inserted = parseInsert(piece.text)
      if (!inserted) continue
      const names = inserted.columns ?? columnsOf.get(inserted.table) ?? []
      for (const row of inserted.rows) {
        const read = 'flaw' in row ? row : wanted(inserted.table) ? named(row, names) : EMPTY
        yield { table: inserted.table, line, ...read }
      }
    }
  }
}

const EMPTY = { values: {} }

function copied(line: string, columns: string[]) {
  try {
    return named(parseCopyRow(line, columns.length), columns)
  } catch (error) {
    return { flaw: (error as Error).message }
  }
}

function named(row: (string | null)[], columns: string[]) {
  if (row.length !== columns.length) return { flaw: `has ${row.length} columns instead of ${columns.length}` }
  return { values: Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])) }
}
