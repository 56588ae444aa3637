/** Whatever text a table holds comes out of each kind of file as it went in. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { readTables } from '../../src/commands/import/read/table-rows.ts'

type Cell = string | null

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-import-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Full of what means something somewhere. */
const character = fc.oneof(
  fc.constantFrom(...`'"\\$;,(){}[]-*/.N\t\n\r E:`.split('')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter((c) => c.isWellFormed() && c !== '\0'),
)
const cell = fc.option(fc.array(character, { maxLength: 12 }).map((characters) => characters.join('')))
const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 })

const ESCAPES: Record<string, string> = { '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v', '\\': '\\' }
const escaped = (text: string) => text.replace(/[\b\f\n\r\t\v\\]/g, (c) => `\\${ESCAPES[c]}`)
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** As Postgres writes them. */
const FORMS: Record<string, { name: string; write(rows: Cell[][]): string }> = {
  COPY: {
    name: 'copy.sql',
    write: (rows) =>
      `COPY main.users (a, b, c) FROM stdin;\n${rows.map((row) => row.map((text) => (text === null ? '\\N' : escaped(text))).join('\t')).join('\n')}\n\\.\n`,
  },
  INSERT: {
    name: 'insert.sql',
    write: (rows) =>
      `INSERT INTO main.users (a, b, c) VALUES ${rows.map((row) => `(${row.map((text) => (text === null ? 'NULL' : quoted(text))).join(', ')})`).join(',\n')};\n`,
  },
  CSV: {
    name: 'users.csv',
    write: (rows) =>
      `a,b,c\n${rows.map((row) => row.map((text) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`)).join(',')).join('\n')}\n`,
  },
}

describe('any text', () => {
  for (const [form, { name, write }] of Object.entries(FORMS))
    test(`comes through ${form}`, async () => {
      const path = join(folder, name)
      const property = fc.asyncProperty(table, async (rows) => {
        writeFileSync(path, write(rows))
        const read: unknown[] = []
        for await (const row of readTables(path, () => true))
          read.push('flaw' in row ? row.flaw : Object.values(row.values))
        assert.deepEqual(read, rows.map(withNewlinesOf(form)))
      })
      await fc.assert(property, { numRuns: 300 })
    })
})

/** A carriage return before a newline belongs to the end of the line; only COPY spells both. */
const withNewlinesOf = (form: string) => (row: Cell[]) =>
  row.map((text) => (form === 'COPY' ? text : (text?.replaceAll('\r\n', '\n') ?? null)))
