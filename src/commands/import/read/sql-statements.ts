/** An SQL script as whole statements, with the rows that follow `COPY … FROM stdin` one by one. */
import { MOST_BYTES, type TextLine } from './text-lines.ts'

export type SqlPiece =
  | { kind: 'statement'; text: string; line: number }
  /** A line of data of the last COPY. */
  | { kind: 'data'; text: string; line: number }
  | { kind: 'flaw'; flaw: string; line: number }

const COPY = /^\s*copy\b[\s\S]*\bfrom\s+stdin\b/i

/** What stands open at the end of a line: a quote, a comment, `$tag$`. */
type Open = string | undefined

export async function* readStatements(lines: AsyncIterable<TextLine>): AsyncGenerator<SqlPiece> {
  let text = ''
  let begun = 0
  let open: Open
  let tooLong = false
  let copying = false
  for await (const line of lines) {
    if ('flaw' in line) {
      yield { kind: 'flaw', flaw: line.flaw, line: line.number }
      continue
    }
    if (copying) {
      if (line.text === '\\.') copying = false
      else yield { kind: 'data', text: line.text, line: line.number }
      continue
    }
    const blank = text.trim() === '' && !tooLong
    if (blank && open === undefined && /^\s*(--|\\|$)/.test(line.text)) continue
    if (blank) begun = line.number
    for (const part of splitLine(line.text, open)) {
      open = part.open
      if (text.length + part.text.length > MOST_BYTES) tooLong = true
      text = tooLong ? '' : `${text}${part.text}${part.ends ? '' : '\n'}`
      if (!part.ends) continue
      if (tooLong) yield { kind: 'flaw', flaw: `is a statement of more than 16 MiB (pg_dump writes COPY)`, line: begun }
      else if (text.trim() !== '') yield { kind: 'statement', text, line: begun }
      copying = COPY.test(text)
      text = ''
      tooLong = false
      begun = line.number
    }
  }
  if (copying)
    yield { kind: 'flaw', flaw: 'ends in the middle of the data of a table: the file was cut off', line: begun }
  else if (tooLong || text.trim() !== '' || open)
    yield { kind: 'flaw', flaw: 'begins a statement that does not end: the file was cut off', line: begun }
}

const TOKEN = /--|\/\*|[eE]'|'|"|\$(?:[A-Za-z_]\w*)?\$|;/g

/** What of the line belongs to which statement. Semicolons inside quotes and comments end nothing. */
function* splitLine(line: string, open: Open): Generator<{ text: string; ends: boolean; open: Open }> {
  let from = 0
  let at = open === undefined ? 0 : afterClosing(line, 0, open)
  if (at < 0) return yield { text: line, ends: false, open }
  for (;;) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(line)
    const token = found?.[0].toLowerCase()
    if (!found || token === '--') return yield { text: line.slice(from, found?.index), ends: false, open: undefined }
    at = found.index + found[0].length
    if (token === ';') {
      yield { text: line.slice(from, found.index), ends: true, open: undefined }
      from = at
      continue
    }
    const closing = token === "e'" && /\w/.test(line[found.index - 1] ?? '') ? "'" : (found[0] ?? '')
    const closed = afterClosing(line, at, closing)
    if (closed < 0) return yield { text: line.slice(from), ends: false, open: closing }
    at = closed
  }
}

/** The rest of a string in which a backslash escapes. */
const ESCAPED = /[^'\\]*(?:\\[\s\S][^'\\]*)*'/y

/** Behind what closes it, or -1 when that is not in the line. A doubled quote closes and opens at once. */
function afterClosing(line: string, from: number, open: string): number {
  if (open.toLowerCase() === "e'") {
    ESCAPED.lastIndex = from
    return ESCAPED.test(line) ? ESCAPED.lastIndex : -1
  }
  const closing = open === '/*' ? '*/' : open
  const found = line.indexOf(closing, from)
  return found < 0 ? -1 : found + closing.length
}
