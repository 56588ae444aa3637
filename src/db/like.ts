/**
 * LIKE with the meaning it has in Postgres, where it minds case and `\` takes the meaning from the next character.
 * SQLite's own LIKE never minds case and its GLOB always does; D1 takes no pattern of over 50 bytes for either, so the
 * common shapes are compared as plain text. "Any case" is any case of A to Z: SQLite folds no other letters.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

const MOST_PATTERN_BYTES = 50

export interface LikePattern {
  anyCase: boolean
  shape: 'equal' | 'start' | 'end' | 'within' | 'pattern'
  /** Plain text, or for a `pattern` one for GLOB or, in any case, for LIKE. */
  text: string
}

/** Undefined for a pattern that is too long for what it asks. */
export function parseLike(pattern: string, { anyCase }: { anyCase: boolean }): LikePattern | undefined {
  const tokens = pattern.match(/\\?./gsu) ?? []
  const [open, close] = [tokens[0] === '%', tokens.length > 1 && tokens.at(-1) === '%']
  const inner = tokens.slice(open ? 1 : 0, close ? -1 : undefined)
  if (!inner.some(isWildcard)) {
    const shape = open ? (close || inner.length === 0 ? 'within' : 'end') : close ? 'start' : 'equal'
    return { anyCase, shape, text: inner.map(literal).join('') }
  }
  const text = anyCase ? tokens.map(toLike).join('') : tokens.map(toGlob).join('')
  if (new TextEncoder().encode(text).length > MOST_PATTERN_BYTES) return undefined
  return { anyCase, shape: 'pattern', text }
}

export function matchesLike(column: SQLiteColumn, { anyCase, shape, text }: LikePattern): SQL {
  const folded = (value: SQL) => (anyCase ? sql`lower(${value})` : value)
  const [subject, sought] = [folded(sql`${column}`), folded(sql`${text}`)]
  switch (shape) {
    case 'equal':
      return sql`${subject} = ${sought}`
    case 'start':
      return sql`instr(${subject}, ${sought}) = 1`
    case 'end':
      return sql`substr(${subject}, -length(${text})) = ${sought}`
    case 'within':
      return sql`instr(${subject}, ${sought}) > 0`
    case 'pattern':
      return anyCase ? sql`${column} like ${text} escape '\\'` : sql`${column} glob ${text}`
  }
}

const isWildcard = (token: string) => token === '%' || token === '_'

const literal = (token: string) => (token.length > 1 && token.startsWith('\\') ? token.slice(1) : token)

/** A lone `\` at the end stands for itself. */
const toLike = (token: string) => (token === '\\' ? '\\\\' : token)

function toGlob(token: string): string {
  if (token === '%') return '*'
  if (token === '_') return '?'
  const character = literal(token)
  return /[*?[]/.test(character) ? `[${character}]` : character
}
