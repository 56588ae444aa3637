/** The files that other systems write, and files that nobody should have written. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parseList } from '../../src/commands/import/arc-tables.ts'
import { readTables } from '../../src/commands/import/read/table-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-import-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** Each row as its values, or what was wrong with it. */
async function rowsOf(path: string): Promise<[table: string, read: unknown][]> {
  const rows: [string, unknown][] = []
  for await (const { table, line: _, ...row } of readTables(path, (name) => name !== 'other'))
    rows.push([table, 'flaw' in row ? row.flaw : Object.values(row.values)])
  return rows
}
const ofDump = (sql: string | Buffer) => rowsOf(file('dump.sql', sql))
const ofCsv = (csv: string | Buffer) => rowsOf(file('main.users.csv', csv))

const copy = (...lines: string[]) => `COPY main.users (id, "key") FROM stdin;\n${lines.join('\n')}\n\\.\n`

describe('a dump of Postgres', () => {
  test('is read with its escapes', async () => {
    const sql = copy('1\ta\\tb\\nc\\\\d\\101\\x42', '2\t\\N', '3\t', '4\t\\\\N') + copy('5\tanother')
    assert.deepEqual(await ofDump(sql), [
      ['users', ['1', 'a\tb\nc\\dAB']],
      ['users', ['2', null]],
      ['users', ['3', '']],
      ['users', ['4', '\\N']],
      ['users', ['5', 'another']],
    ])
  })

  test('is read where it has INSERT, with names of columns or by the order of the table', async () => {
    const sql = `\\restrict abc
      CREATE TABLE IF NOT EXISTS main.users (id uuid DEFAULT f('a,b') NOT NULL, "key" numeric(1,2), PRIMARY KEY (id));
      INSERT INTO main.users VALUES ('it''s; -- "one"', NULL);
      insert into users ("key", id) values (1, true), (-2.5, E'a\\'b\\n'::text), ('{x,"y z"}'::text[], 'b') ON CONFLICT DO NOTHING;
      INSERT INTO users OVERRIDING SYSTEM VALUE VALUES ('two
lines', DEFAULT);`
    assert.deepEqual(await ofDump(sql), [
      ['users', [`it's; -- "one"`, null]],
      ['users', ['1', 'true']],
      ['users', ['-2.5', "a'b\n"]],
      ['users', ['{x,"y z"}', 'b']],
      ['users', ['two\nlines', null]],
    ])
  })

  test('is not led astray by what only looks like a statement', async () => {
    const sql = `-- INSERT INTO users VALUES (1, 2);
      /* ; COPY users (id) FROM stdin; */
      CREATE FUNCTION f() RETURNS text AS $body$ BEGIN RETURN ';'; INSERT INTO users VALUES (1); END $body$ LANGUAGE plpgsql;
      SELECT 'a; INSERT INTO users VALUES (1, 2);', "x;y", $$ it's; $$, E'\\'; --';
      ${copy('1\tINSERT INTO users VALUES (9, 9);')}`
    assert.deepEqual(await ofDump(sql), [['users', ['1', 'INSERT INTO users VALUES (9, 9);']]])
  })

  test('gives its good rows where others are bad', async () => {
    const sql = `${copy('1\tone', '2', '3\tthree\tmore', '4\tfour\\', '5\t\\351', '6\tsix')}
      INSERT INTO users (id, "key") VALUES (now(), 'x'), (7, 'seven'), (8);
      INSERT INTO users SELECT 1, 2;`
    assert.deepEqual(await ofDump(sql), [
      ['users', ['1', 'one']],
      ['users', 'has 1 columns instead of 2'],
      ['users', 'has 3 columns instead of 2'],
      ['users', 'ends in the middle of an escape'],
      ['users', 'spells characters byte by byte'],
      ['users', ['6', 'six']],
      ['users', 'holds an expression, not a value'],
      ['users', ['7', 'seven']],
      ['users', 'has 1 columns instead of 2'],
      ['users', 'is not a list of values'],
    ])
  })

  test('that was cut off says so', async () => {
    const last = async (sql: string) => (await ofDump(sql)).at(-1)?.[1]
    assert.match(String(await last('COPY users (id) FROM stdin;\n1\n')), /the file was cut off/)
    assert.match(String(await last("INSERT INTO users VALUES ('a")), /the file was cut off/)
    assert.match(String(await last('CREATE FUNCTION f() AS $x$ never')), /the file was cut off/)
  })

  test('survives a line of a hundred megabytes and bytes that are no text', async () => {
    const long = Buffer.alloc(100 * 1024 * 1024, 120)
    const sql = Buffer.concat([
      Buffer.from('COPY users (id, "key") FROM stdin;\n1\t'),
      long,
      Buffer.from('\n2\t'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\n3\tgood\n\\.\n'),
    ])
    assert.deepEqual(await ofDump(sql), [
      ['users', 'is longer than 16 MiB'],
      ['users', 'is not UTF-8'],
      ['users', ['3', 'good']],
    ])
  })

  test('may be compressed, and begin with a mark', async () => {
    const zipped = file('dump.sql.gz', gzipSync(`\ufeff${copy('1\ta')}`))
    assert.deepEqual(await rowsOf(zipped), [['users', ['1', 'a']]])
  })

  const FOREIGN: Record<string, [Buffer, RegExp]> = {
    "in pg_dump's own format": [Buffer.from('PGDMP\x01\x0e'), /pg_restore --file/],
    'in UTF-16': [Buffer.from('\ufeffCOPY users', 'utf16le'), /is UTF-16: save it as UTF-8/],
    'in an archive': [Buffer.from('PK\x03\x04....'), /is a zip archive/],
    'compressed and cut off': [gzipSync(copy('1\ta')).subarray(0, 30), /is compressed, and damaged or cut off/],
  }
  for (const [name, [bytes, sentence]] of Object.entries(FOREIGN))
    test(`${name} is refused in a sentence`, () => assert.rejects(ofDump(bytes), { message: sentence }))
})

describe('CSV', () => {
  test('is read with quotes, lines within them, and either kind of newline', async () => {
    assert.deepEqual(await ofCsv('id,First Name,authId\r\n1,"a ""b"", c\nd",\r\n2,"",plain\r\n'), [
      ['users', ['1', 'a "b", c\nd', null]],
      ['users', ['2', '', 'plain']],
    ])
  })

  test('goes on behind a quote that is never closed', async () => {
    assert.deepEqual(await ofCsv('id,key\n1,"open\n2,good\n3,a"b"c\n4\n5,fine\n'), [
      ['users', 'opens a quote that is never closed'],
      ['users', ['2', 'good']],
      ['users', 'has a quote where none can be'],
      ['users', 'has 1 columns instead of 2'],
      ['users', ['5', 'fine']],
    ])
  })

  test('goes on behind one before a great many lines', async () => {
    const rows = await ofCsv(`id,key\n1,"open\n${'2,good\n'.repeat(5_000)}`)
    assert.equal(rows.length, 5_001)
    assert.equal(rows.filter(([, row]) => typeof row === 'string').length, 1)
  })
})

describe('a list of Postgres', () => {
  test('is read', () => {
    assert.deepEqual(parseList('{1,"a b", c ,"q\\"x",NULL}'), ['1', 'a b', 'c', 'q"x'])
    assert.deepEqual([parseList(null), parseList('{}')], [[], []])
    assert.throws(() => parseList('1,2'), { message: /cannot be read/ })
    assert.throws(() => parseList('{"a}'), { message: /cannot be read/ })
  })
})
