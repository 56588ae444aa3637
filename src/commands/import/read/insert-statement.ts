/** `INSERT INTO … VALUES …` and `CREATE TABLE …`, as far as dumps use them. */

export interface Inserted {
  table: string
  /** Absent: those of the table, in their order. */
  columns: string[] | undefined
  rows: ((string | null)[] | { flaw: string })[]
}

const NAME = String.raw`(?:"(?:[^"]|"")*"|[A-Za-z_]\w*)`
const TABLE = new RegExp(String.raw`^\s*(?:${NAME}\s*\.\s*)*(${NAME})`)
const INSERT = /^\s*insert\s+into\s+(?:only\s+)?/i
const CREATE = /^\s*create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?/i
const COPY = /^\s*copy\s+/i
const CONSTRAINTS = /^\s*(?:constraint|primary|unique|check|foreign|exclude|like)\b/i

export const unquote = (name: string) =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase()

/** The table and the columns of `COPY table (columns) FROM stdin`; undefined for anything else. */
export function parseCopy(statement: string): { table: string; columns: string[] | undefined } | undefined {
  const head = headOf(statement, COPY)
  return head && { table: head.table, columns: head.columns }
}

/** The columns of a new table, by which rows without names are read. */
export function parseCreateTable(statement: string): { table: string; columns: string[] } | undefined {
  const head = CREATE.exec(statement)
  const found = head && TABLE.exec(statement.slice(head[0].length))
  if (!head || !found) return undefined
  const body = statement.slice(head[0].length + found[0].length)
  const columns = splitTopLevel(body.slice(body.indexOf('(') + 1, body.lastIndexOf(')')))
    .filter((definition) => !CONSTRAINTS.test(definition))
    .flatMap((definition) => new RegExp(String.raw`^\s*(${NAME})`).exec(definition)?.[1] ?? [])
  return { table: unquote(found[1] ?? ''), columns: columns.map(unquote) }
}

/** Undefined for a statement that is no INSERT; no rows for one that selects. */
export function parseInsert(statement: string): Inserted | undefined {
  const head = headOf(statement, INSERT)
  if (!head) return undefined
  const { table, columns, rest } = head
  const values = /^(?:\s*overriding\s+\w+\s+value)?\s*values\s*/i.exec(rest)
  if (!values) return { table, columns, rows: [{ flaw: 'is not a list of values' }] }
  const tuples = splitTopLevel(rest.slice(values[0].length).replace(/\s+on\s+conflict\b[^']*$/i, ''))
  return { table, columns, rows: tuples.map(parseTuple) }
}

function headOf(statement: string, begin: RegExp) {
  const head = begin.exec(statement)
  const found = head && TABLE.exec(statement.slice(head[0].length))
  if (!head || !found) return undefined
  const behind = statement.slice(head[0].length + found[0].length)
  const list = /^\s*\(((?:"(?:[^"]|"")*"|[^")])*)\)/.exec(behind)
  const columns = list?.[1]?.split(',').map((name) => unquote(name.trim()))
  return { table: unquote(found[1] ?? ''), columns, rest: behind.slice(list?.[0].length ?? 0) }
}

function parseTuple(tuple: string): (string | null)[] | { flaw: string } {
  const inside = /^\s*\(([\s\S]*)\)\s*$/.exec(tuple)
  if (!inside) return { flaw: 'is not a list of values' }
  const values = splitTopLevel(inside[1] ?? '').map(parseValue)
  const unread = values.find((value) => typeof value === 'object' && value !== null)
  return unread ?? (values as (string | null)[])
}

const CASTS = /(?:\s*::\s*[A-Za-z_"][\w". ]*(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])*)+\s*$/

function parseValue(expression: string): string | null | { flaw: string } {
  const text = expression.replace(/('|\w|\])((?:\s*::).*)$/s, (all, end, cast) => (CASTS.test(cast) ? end : all)).trim()
  if (/^(?:null|default)$/i.test(text)) return null
  if (/^(?:true|false|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.test(text)) return text
  const plain = /^'([^']*(?:''[^']*)*)'$/.exec(text)
  if (plain) return (plain[1] ?? '').replaceAll("''", "'")
  const escaped = /^e'([^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*)'$/i.exec(text)
  if (escaped) return unescaped(escaped[1] ?? '')
  return { flaw: 'holds an expression, not a value' }
}

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const unescaped = (text: string) =>
  text.replace(/''|\\([\s\S])/g, (_, letter) => (letter ? (ESCAPES[letter] ?? letter) : "'"))

/** At the commas that stand in no quotes and no parentheses. */
function splitTopLevel(text: string): string[] {
  const parts: string[] = []
  const token = /'[^']*(?:''[^']*)*'|"[^"]*"|[()[\],]/g
  const escapedString = /[eE]'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*'/y
  let depth = 0
  let from = 0
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [mark] = found
    escapedString.lastIndex = found.index - 1
    if (mark.startsWith("'") && escapedString.test(text)) token.lastIndex = escapedString.lastIndex
    else if (mark === '(' || mark === '[') depth++
    else if (mark === ')' || mark === ']') depth--
    else if (mark === ',' && depth === 0) {
      parts.push(text.slice(from, found.index))
      from = found.index + 1
    }
  }
  return [...parts, text.slice(from)].filter((part) => part.trim() !== '')
}
