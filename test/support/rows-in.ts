/** What a file of SQLite holds, while others work on it. */
import { createClient } from '@libsql/client'
import type { Row, Value } from './service.ts'

export async function rowsIn(url: string, sql: string, args: Value[]): Promise<Row[]> {
  const client = createClient({ url, timeout: 5000 })
  const { columns, rows } = await client.execute({ sql, args }).finally(() => client.close())
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
}
