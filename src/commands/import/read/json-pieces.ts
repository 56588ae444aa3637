/** The parts of a large JSON text one by one, so that no more than one of them is in memory. */
import { readBytes } from './text-lines.ts'

const MOST_CHARACTERS = 16 * 1024 * 1024

/** A step of a path is the name of a member, or a number in a list. */
export type Step = string | number

export type Piece = { path: Step[]; line: number } & ({ value: unknown } | { flaw: string })

/** What stands open around the place that is read. */
interface Level {
  list: boolean
  step: Step
  /** Whether the name of a member comes next. */
  naming: boolean
}

/**
 * Values for which `isPiece` holds, and whatever is neither a list nor an object. `isPiece` is asked with the path and
 * the first character of each value. Throws a sentence for what is not JSON.
 */
export async function* readPieces(
  path: string,
  isPiece: (path: Step[], start: string) => boolean,
): AsyncGenerator<Piece> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const levels: Level[] = []
  let line = 1
  let begun = 1
  let inString = false
  let escaped = false
  /** The text of the piece, or of the name, that is being read; undefined between them. */
  let text: string | undefined
  let naming = false
  let depth = 0
  let seen = false

  const top = () => levels.at(-1)
  const pathHere = () => levels.map(({ step }) => step)
  const damaged = (why: string) => new Error(`${path} is not JSON that can be read: ${why} in line ${line}.`)

  function finish(): Piece | undefined {
    const whole = text ?? ''
    text = undefined
    if (naming) {
      naming = false
      const level = top()
      if (level) Object.assign(level, { step: parse(whole), naming: false })
      return undefined
    }
    const where = { path: pathHere(), line: begun }
    if (whole.length > MOST_CHARACTERS) return { ...where, flaw: 'is larger than 16 MiB' }
    try {
      return { ...where, value: JSON.parse(whole) }
    } catch {
      return { ...where, flaw: 'is not JSON' }
    }
  }
  function parse(name: string): string {
    try {
      return JSON.parse(name)
    } catch {
      throw damaged('there is a broken name')
    }
  }

  for await (const bytes of readBytes(path)) {
    const chunk = decode(decoder, bytes, path)
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const c = chunk[at] ?? ''
      if (c === '\n') line++
      if (inString) {
        if (escaped) escaped = false
        else if (c === '\\') escaped = true
        else if (c === '"') {
          inString = false
          if (depth === 0 && text !== undefined) {
            text += chunk.slice(from, at + 1)
            const piece = finish()
            if (piece) yield piece
          }
        }
        continue
      }
      if (text !== undefined) {
        if (c === '"') inString = true
        else if (c === '{' || c === '[') depth++
        else if ((c === '}' || c === ']') && depth > 0) {
          depth--
          if (depth > 0) continue
          text += chunk.slice(from, at + 1)
          const piece = finish()
          if (piece) yield piece
          continue
        } else if (depth > 0 || !/[,}\]\s]/.test(c)) continue
        else {
          text += chunk.slice(from, at)
          const piece = finish()
          if (piece) yield piece
        }
        if (text !== undefined) continue
      }
      if (/[\s:]/.test(c)) continue
      const level = top()
      if (c === ',') {
        if (!level) throw damaged('there is a comma too many')
        if (level.list) level.step = Number(level.step) + 1
        else level.naming = true
      } else if (c === '}' || c === ']') {
        if (!level) throw damaged('something closes that was not opened')
        levels.pop()
      } else if (level?.naming) {
        if (c !== '"') throw damaged('a name is missing')
        naming = true
        inString = true
        text = ''
        from = at
      } else if ((c === '{' || c === '[') && !isPiece(pathHere(), c)) {
        seen = true
        levels.push({ list: c === '[', step: c === '[' ? 0 : '', naming: c === '{' })
      } else {
        if (levels.length === 0) throw damaged('a list or an object is expected')
        begun = line
        text = ''
        from = at
        inString = c === '"'
        depth = c === '{' || c === '[' ? 1 : 0
      }
    }
    if (text !== undefined && text.length <= MOST_CHARACTERS) text += chunk.slice(from)
  }
  if (levels.length > 0 || text !== undefined) throw damaged('it ends too early')
  if (!seen) throw new Error(`${path} is empty.`)
}

function decode(decoder: TextDecoder, bytes: Buffer, path: string): string {
  try {
    return decoder.decode(bytes, { stream: true })
  } catch {
    throw new Error(`${path} is not UTF-8.`)
  }
}
