/** A file as lines of text, a few of them in memory at a time: whatever it is, and however long its lines are. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'

/** `number` is that of the line, from 1. A line that cannot be read is told, and passed over. */
export type TextLine = { number: number; text: string } | { number: number; flaw: string }

export const MOST_BYTES = 16 * 1024 * 1024
const NEWLINE = 10

/** Compressed or not. Throws a sentence for a file that is no text at all. */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const start = await readStart(path)
  const compressed = start[0] === 0x1f && start[1] === 0x8b
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  const bytes = compressed ? file.pipe(createGunzip()) : file
  file.on('error', (error) => bytes.destroy(error))
  let first = true
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      if (first) refuseForeign(path, chunk)
      yield first && startsWith(chunk, [0xef, 0xbb, 0xbf]) ? chunk.subarray(3) : chunk
      first = false
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (!code?.startsWith('Z_')) throw cause
    throw new Error(`${path} is compressed, and damaged or cut off: ${message}.`, { cause })
  } finally {
    file.destroy()
  }
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}.`)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function refuseForeign(path: string, start: Buffer): void {
  if (startsWith(start, [0xff, 0xfe]) || startsWith(start, [0xfe, 0xff]))
    throw new Error(`${path} is UTF-16: save it as UTF-8.`)
  if (start.subarray(0, 5).toString('latin1') === 'PGDMP')
    throw new Error(`${path} is in pg_dump's own format. Make it plain: pg_restore --file=plain.sql ${path}`)
  if (startsWith(start, [0x50, 0x4b, 3, 4])) throw new Error(`${path} is a zip archive: unpack it first.`)
}

const startsWith = (bytes: Buffer, start: number[]) => start.every((byte, at) => bytes[at] === byte)

/** Ends of lines may be those of Windows. */
export async function* readLines(path: string, mostBytes = MOST_BYTES): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let pieces: Buffer[] = []
  let length = 0
  let number = 1

  function finish(): TextLine {
    const line = number++
    const [whole, size] = [Buffer.concat(pieces), length]
    pieces = []
    length = 0
    if (size > mostBytes) return { number: line, flaw: `is longer than ${mostBytes / 1024 / 1024} MiB` }
    try {
      return { number: line, text: decoder.decode(whole.at(-1) === 13 ? whole.subarray(0, -1) : whole) }
    } catch {
      return { number: line, flaw: 'is not UTF-8' }
    }
  }
  function add(piece: Buffer): void {
    length += piece.length
    if (length > mostBytes) pieces = []
    else pieces.push(piece)
  }

  for await (const chunk of readBytes(path)) {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, at))
      from = at + 1
      yield finish()
    }
    if (from < chunk.length) add(Buffer.from(chunk.subarray(from)))
  }
  if (length > 0) yield finish()
}
