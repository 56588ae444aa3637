/** Looks back at the whole run: no statement of a request reads a table from end to end. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { LIBSQL_ONLY, startApp, startedServices } from '../support/app.ts'
import { getTokens, logOut, makeWorld, refresh } from '../support/world.ts'

/** Scans that are meant, by what is scanned and for which statement. */
const MEANT: [scan: RegExp, why: string][] = [
  [/^SCAN CONSTANT ROW: /, 'no table: a select without from'],
  [
    /^SCAN \w+ VIRTUAL TABLE /,
    'no table of ours: json_each of a list that is bound as a parameter, or stands in one row',
  ],
  [/^SCAN \(subquery-\d+\): /, 'no table: what the sub-query found by its own plan'],
  [/^SCAN outbox USING INDEX \w+: .* limit \?$/, 'the newest hundred by primary key; in development only'],
  [/^SCAN signing_keys: /, 'a handful of rows, read whole once in five minutes'],
  [
    /^SCAN one_time_secrets: (insert into|delete from) "(tenants|clients)"/,
    'cascades: rare, and an index would slow every login',
  ],
  [
    /^SCAN tenants USING INDEX \w+: select "id", "key", "status", "callback_urls"/,
    "the gateway's snapshot, once a minute",
  ],
  [/^SCAN audit USING (COVERING )?INDEX audit_unsealed: /, 'what is not sealed yet: a few rows, and mostly none'],
  [/^SCAN hops: /, 'no table: from one chain to the next, by the index'],
  [/^SCAN (audit|audit_seals): select .* where substr\("\1"\."mac"/, 'a new master key takes over: once, by a command'],
  [/^SCAN units: select coalesce\(max/, "the gateway's snapshot, once a minute"],
]

describe('the query plans of requests', LIBSQL_ONLY, () => {
  let statements: Set<string>

  before(async () => {
    const app = await startApp()
    const world = await makeWorld(app)
    await logOut(app, (await refresh(app, await getTokens(app, world))).body)
    statements = new Set([...startedServices].flatMap(({ traffic }) => [...(traffic?.statements ?? [])]))
  })

  test('hold no scan of a table', async () => {
    const [service] = startedServices
    assert.ok(service)
    const scans: string[] = []
    for (const sql of statements) {
      const plan = await service.rows(`explain query plan ${sql}`)
      scans.push(...plan.map(({ detail }) => `${detail}: ${sql}`).filter(isScan))
    }
    assert.ok(statements.size > 20)
    assert.deepEqual(scans, [])
  })
})

const isScan = (scan: string) => scan.startsWith('SCAN') && !MEANT.some(([meant]) => meant.test(scan))
