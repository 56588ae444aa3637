/** JSON texts that are too large to be read as a whole, and broken ones. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readPieces } from '../../src/commands/import/read/json-pieces.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-import-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('a large JSON text', () => {
  const read = async (text: string | Buffer) => {
    const pieces: unknown[] = []
    for await (const { path, line: _, ...piece } of readPieces(file('x.json', text), (steps) => steps.length > 1))
      pieces.push([path.join('.'), 'flaw' in piece ? piece.flaw : piece.value])
    return pieces
  }

  test('comes piece by piece', async () => {
    const text = JSON.stringify({ a: 'x"\\[{', list: [{ b: [1, { c: '}' }] }, 'ü', 5, null], last: true }, null, 2)
    assert.deepEqual(await read(text), [
      ['a', 'x"\\[{'],
      ['list.0', { b: [1, { c: '}' }] }],
      ['list.1', 'ü'],
      ['list.2', 5],
      ['list.3', null],
      ['last', true],
    ])
    assert.deepEqual(await read(text.replace(/\s+/g, '')), await read(text))
  })

  test('gives its good pieces where one is bad', async () => {
    assert.deepEqual(await read('{"list":[{"a":1},{"a":},{"b":2}]}'), [
      ['list.0', { a: 1 }],
      ['list.1', 'is not JSON'],
      ['list.2', { b: 2 }],
    ])
    const large = `{"list":["${'x'.repeat(17 * 1024 * 1024)}",1]}`
    assert.deepEqual(await read(large), [
      ['list.0', 'is larger than 16 MiB'],
      ['list.1', 1],
    ])
  })

  const BROKEN = [
    '',
    '{"a":1',
    '{"a":"',
    '[1,2',
    '}',
    '"text"',
    'nonsense',
    '{"a":[1]}}',
    Buffer.from('{"a":"\xff"}', 'latin1'),
  ]
  for (const [at, text] of BROKEN.entries())
    test(`that is broken is refused in a sentence (${at})`, () =>
      assert.rejects(read(text), { message: /is not JSON that can be read|is empty|is not UTF-8/ }))
})
