/** A row in the text format of Postgres's COPY: columns between tabs, `\N` for null, escapes with a backslash. */

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Throws a sentence. */
export function parseCopyRow(line: string, columns: number): (string | null)[] {
  const cells = line.split('\t')
  if (cells.length !== columns) throw new Error(`has ${cells.length} columns instead of ${columns}`)
  return cells.map((cell) => (cell === '\\N' ? null : cell.includes('\\') ? unescaped(cell) : cell))
}

function unescaped(cell: string): string {
  return cell.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S])|$)/g, (_, octal, hex, other) => {
    if (octal || hex) return character(octal ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16))
    if (other === undefined) throw new Error('ends in the middle of an escape')
    return ESCAPES[other] ?? other
  })
}

function character(code: number): string {
  if (code > 127) throw new Error('spells characters byte by byte')
  return String.fromCharCode(code)
}
