/** A remote libSQL for the tests: Hrana 2 over HTTP (JSON) before a SQLite in memory. No interactive transactions. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { json } from 'node:stream/consumers'

type HranaValue =
  | { type: 'null' }
  | { type: 'integer' | 'text'; value: string }
  | { type: 'float'; value: number }
  | { type: 'blob'; base64: string }

interface Statement {
  sql?: string
  sql_id?: number
  args?: HranaValue[]
}

type Condition =
  | { type: 'ok' | 'error'; step: number }
  | { type: 'not'; cond: Condition }
  | { type: 'and' | 'or'; conds: Condition[] }
  | { type: 'is_autocommit' }

type StreamRequest =
  | { type: 'execute'; stmt: Statement }
  | { type: 'batch'; batch: { steps: { stmt: Statement; condition?: Condition }[] } }
  | { type: 'store_sql'; sql_id: number; sql: string }
  | { type: 'sequence'; sql: string }
  | { type: 'close' | 'close_sql' | 'get_autocommit' }

/** Answers the address, and what it was asked, by kind of request. */
export async function startHrana(authToken: string) {
  const db = new DatabaseSync(':memory:')
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.headers.authorization !== `Bearer ${authToken}`) return answer(401, { message: 'who are you?' })
    if (request.url !== '/v2/pipeline') return answer(404, { message: 'Hrana 2 only' })
    const pipeline = (await json(request)) as { requests: StreamRequest[] }
    requests.push(...pipeline.requests.map(({ type }) => type))
    return answer(200, { baton: null, base_url: null, results: runPipeline(db, pipeline.requests) })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, requests, stop: () => server.close() }
}

function runPipeline(db: DatabaseSync, requests: StreamRequest[]) {
  const stored = new Map<number, string>()
  return requests.map((request) => {
    try {
      return { type: 'ok', response: { type: request.type, ...respond(db, stored, request) } }
    } catch (error) {
      return { type: 'error', error: toError(error) }
    }
  })
}

function respond(db: DatabaseSync, stored: Map<number, string>, request: StreamRequest): object {
  switch (request.type) {
    case 'execute':
      return { result: execute(db, stored, request.stmt) }
    case 'batch':
      return { result: runBatch(db, stored, request.batch.steps) }
    case 'store_sql':
      stored.set(request.sql_id, request.sql)
      return {}
    case 'sequence':
      db.exec(request.sql)
      return {}
    case 'get_autocommit':
      return { is_autocommit: !db.isTransaction }
    default:
      return {}
  }
}

function runBatch(db: DatabaseSync, stored: Map<number, string>, steps: { stmt: Statement; condition?: Condition }[]) {
  const results: (object | null)[] = []
  const errors: (object | null)[] = []
  const holds = (condition: Condition): boolean => {
    switch (condition.type) {
      case 'ok':
        return !!results[condition.step]
      case 'error':
        return !!errors[condition.step]
      case 'not':
        return !holds(condition.cond)
      case 'is_autocommit':
        return !db.isTransaction
      default:
        return condition.type === 'and' ? condition.conds.every(holds) : condition.conds.some(holds)
    }
  }
  for (const [at, { stmt, condition }] of steps.entries()) {
    results[at] = errors[at] = null
    if (condition && !holds(condition)) continue
    try {
      results[at] = execute(db, stored, stmt)
    } catch (error) {
      errors[at] = toError(error)
    }
  }
  return { step_results: results, step_errors: errors }
}

function execute(db: DatabaseSync, stored: Map<number, string>, { sql, sql_id = -1, args = [] }: Statement) {
  const statement = db.prepare(sql ?? stored.get(sql_id) ?? '')
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  const rows = statement.all(...args.map(fromHrana)) as unknown as unknown[][]
  return {
    cols: statement.columns().map(({ name }) => ({ name })),
    rows: rows.map((row) => row.map(toHrana)),
    affected_row_count: Number(db.prepare('select changes() as n').get()?.['n'] ?? 0),
    last_insert_rowid: null,
  }
}

function fromHrana(value: HranaValue): SQLInputValue {
  if (value.type === 'null') return null
  if (value.type === 'integer') return BigInt(value.value)
  return value.type === 'blob' ? Buffer.from(value.base64, 'base64') : value.value
}

function toHrana(value: unknown): HranaValue {
  if (value === null) return { type: 'null' }
  if (typeof value === 'bigint') return { type: 'integer', value: String(value) }
  if (typeof value === 'number') return { type: 'float', value }
  if (value instanceof Uint8Array) return { type: 'blob', base64: Buffer.from(value).toString('base64') }
  return { type: 'text', value: String(value) }
}

const toError = (error: unknown) => ({ message: error instanceof Error ? error.message : '', code: 'SQLITE_ERROR' })
