/**
 * Rows put aside until what belongs together is there: in a database of SQLite's own on disk, which has no name and is
 * gone with the process, so that the size of a file does not matter and no password hash is left behind.
 */
import { DatabaseSync } from 'node:sqlite'

export interface Staging {
  /** `where` says to people where it stood. */
  put(table: string, key: string, row: object, where: string): void
  /** In the order in which they came. */
  all<Row>(table: string): Iterable<{ row: Row; key: string; where: string }>
  find<Row>(table: string, key: string | null | undefined): Row[]
  count(...tables: string[]): number
  close(): void
}

const ROWS_A_TRANSACTION = 10_000
/** Tenants, roles and clients are asked for again and again. */
const MOST_REMEMBERED = 5_000

export function openStaging(): Staging {
  const database = new DatabaseSync('')
  database.exec(`pragma journal_mode = off; pragma synchronous = off;
    create table staged (place integer primary key, name text, key text, body text, origin text);
    create index staged_key on staged (name, key, place); begin`)
  const insert = database.prepare('insert into staged (name, key, body, origin) values (?, ?, ?, ?)')
  const after = database.prepare(
    'select place, key, body, origin from staged where name = ? and place > ? order by place limit 500',
  )
  const byKey = database.prepare('select body from staged where name = ? and key = ? order by place')
  const counting = database.prepare('select count(*) as rows from staged where name = ?')
  const remembered = new Map<string, unknown[]>()
  let staged = 0
  return {
    put(table, key, row, where) {
      remembered.clear()
      insert.run(table, key, JSON.stringify(row), where)
      if (++staged % ROWS_A_TRANSACTION === 0) database.exec('commit; begin')
    },
    *all(table) {
      for (let last = 0; ; ) {
        const rows = after.all(table, last)
        if (rows.length === 0) return
        for (const { key, body, origin } of rows)
          yield { row: JSON.parse(String(body)), key: String(key), where: String(origin) }
        last = Number(rows.at(-1)?.['place'])
      }
    },
    find<Row>(table: string, key: string | null | undefined): Row[] {
      if (key === null || key === undefined) return []
      const name = `${table} ${key}`
      const known = remembered.get(name)
      if (known) return known as Row[]
      const rows = byKey.all(table, key).map(({ body }) => JSON.parse(String(body)))
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      remembered.set(name, rows)
      return rows
    },
    count: (...tables) => tables.reduce((sum, table) => sum + Number(counting.get(table)?.['rows']), 0),
    close: () => database.close(),
  }
}
