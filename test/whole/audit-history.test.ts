/** Audit chains over time: what was there before them, more than one page, another master key, and the command. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { createClient } from '@libsql/client'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { walkChain, walkLog } from '../support/audit-walk.ts'
import { freshDatabase } from '../support/folder.ts'
import { SECRETS } from '../support/variables.ts'
import { create } from '../support/world.ts'

const isWhole = ({ broken }: { broken: unknown }) => assert.equal(broken, null)

interface Round {
  resealed: number
  remaining: number
  unprovable: number
}

let made = 0
const newTenant = async (app: App) =>
  (await create<{ id: string }>(app, '/v1/tenants', { key: `old-${Date.now()}-${++made}`, name: 'Old' })).id

const addRole = (app: App, tenantId: string, name: string) =>
  create(app, '/v1/roles', { tenantId, name, permissions: [] })

describe('audit rows from before there were chains', LIBSQL_ONLY, () => {
  let app: App
  let tenantId: string

  /** As the migration leaves them. */
  before(async () => {
    app = await startApp({ LOG_LEVEL: 'info' })
    tenantId = await newTenant(app)
    for (const name of ['a', 'b', 'c']) await addRole(app, tenantId, name)
    await app.rows('delete from audit_seals')
    await app.rows('update audit set seq = seq - 4, mac = null, hash = null')
  })

  test('are sealed where they stand, and new ones go on from there', async () => {
    isWhole(await walkChain(app, tenantId))
    await addRole(app, tenantId, 'd')
    const other = await newTenant(app)
    await app.upkeep()
    assert.deepEqual(await app.rows('select id from audit where hash is null'), [])
    const walked = await walkChain(app, tenantId)
    isWhole(walked)
    assert.equal(walked.checked, 5)
    isWhole(await walkChain(app, other))
    isWhole(await walkLog(app))
  })

  test('cannot be added to, nor be changed', async () => {
    const insert = `insert into audit (id, tenant_id, actor_kind, actor_id, action, target_kind, target_id, at, request_id, seq)
      select ?1, ?2, actor_kind, actor_id, action, target_kind, target_id, at, request_id, ?3 from audit limit 1`
    const nobody = '00000000-0000-7000-8000-000000000000'
    await app.rows(insert, 'late', nobody, 0)
    await app.upkeep()
    assert.equal((await walkChain(app, nobody)).broken?.reason, 'forged')
    await app.rows(insert, 'early', tenantId, -4)
    await app.upkeep()
    assert.equal((await walkChain(app, tenantId)).broken?.reason, 'unsealed')
    await app.rows('delete from audit where id = ?', 'early')
    await app.rows("update audit set action = 'other' where tenant_id = ? and seq = -2", tenantId)
    assert.deepEqual((await walkChain(app, tenantId)).broken?.reason, 'displaced')
  })
})

test('the migration numbers what is there by its time, in each chain', LIBSQL_ONLY, async () => {
  const client = createClient({ url: ':memory:' })
  const [foundation = '', ...later] = readdirSync('drizzle')
    .filter((file) => file.endsWith('.sql'))
    .sort()
  const migrate = (file: string) => client.executeMultiple(readFileSync(`drizzle/${file}`, 'utf8'))
  await migrate(foundation)
  for (const [id, tenantId, at] of [
    ['b', 'x', 2],
    ['a', 'x', 1],
    ['c', 'y', 3],
    ['d', null, 4],
    ['e', 'x', 2],
    ['f', null, 1],
  ])
    await client.execute({
      sql: "insert into audit values (?, ?, 'system', null, 'a', 'k', 't', ?, 'r')",
      args: [id ?? null, tenantId ?? null, at ?? null],
    })
  for (const file of later) await migrate(file)
  const { rows } = await client.execute('select chain, seq, id from audit order by chain, seq')
  client.close()
  assert.deepEqual(
    rows.map(({ chain, seq, id }) => `${chain} ${seq} ${id}`),
    [' -1 f', ' 0 d', 'x -2 a', 'x -1 b', 'x 0 e', 'y 0 c'],
  )
})

describe('audit rows', LIBSQL_ONLY, () => {
  test('are walked in pages, to the first that is broken', async () => {
    const app = await startApp({ LOG_LEVEL: 'info' })
    const tenantId = await newTenant(app)
    for (let page = 0; page < 6; page++) {
      const lines = Array.from({ length: 100 }, (_, n) => ({ type: 'role', tenantId, name: `role ${page} ${n}` }))
      assert.equal((await app.admin.post('/v1/import', { lines })).status, 200)
    }
    const walked = await walkChain(app, tenantId)
    isWhole(walked)
    assert.equal(walked.checked, 601)
    await app.rows("update audit set action = 'other' where tenant_id = ? and seq = 550", tenantId)
    const { broken } = await walkChain(app, tenantId)
    assert.deepEqual({ ...broken, id: '' }, { ...broken, id: '', sequence: 550, reason: 'forged' })
  })

  test('are one chain, whole, when two services write and seal them at once', async () => {
    const LIBSQL_URL = freshDatabase()
    const both = [await startApp({ LIBSQL_URL }), await startApp({ LIBSQL_URL })]
    const [app] = both
    assert.ok(app)
    const tenantId = await newTenant(app)
    const writes = both.flatMap((each, at) =>
      Array.from({ length: 25 }, (_, n) => addRole(each, tenantId, `${at} ${n}`)),
    )
    await Promise.all([...writes, ...both.map((each) => each.upkeep())])
    await Promise.all(both.map((each) => each.upkeep()))
    assert.deepEqual(await app.rows('select id from audit where hash is null'), [])
    const walked = await walkChain(app, tenantId)
    isWhole(walked)
    assert.equal(walked.checked, 51)
    isWhole(await walkLog(app))
  })

  test('are proved anew under a new master key; what was forged before stays so', async () => {
    const LIBSQL_URL = freshDatabase()
    const MASTER_KEY = randomBytes(32).toString('base64url')
    const first = await startApp({ LIBSQL_URL })
    const [good, robbed] = [await newTenant(first), await newTenant(first)]
    await first.rows("update audit set action = 'other' where tenant_id = ?", robbed)

    const both = await startApp({ LIBSQL_URL, MASTER_KEY, MASTER_KEY_PREVIOUS: SECRETS.MASTER_KEY })
    isWhole(await walkChain(both, good))
    const { body } = await both.admin.post<{ remaining: number }>('/v1/master-key/reseal', {})
    assert.equal(body.remaining, 0)

    const alone = await startApp({ LIBSQL_URL, MASTER_KEY })
    isWhole(await walkChain(alone, good))
    isWhole(await walkChain(alone))
    isWhole(await walkLog(alone))
    assert.equal((await walkChain(alone, robbed)).broken?.reason, 'forged')
  })

  test('of a key that is gone are found, and can be proved once it is back', async () => {
    const LIBSQL_URL = freshDatabase()
    const [second, third] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
    const first = await startApp({ LIBSQL_URL })
    const tenantId = await newTenant(first)
    await first.upkeep()
    // Nothing else is sealed, as where the audit alone was overlooked.
    await first.rows('delete from signing_keys')

    const skipped = await startApp({ LIBSQL_URL, MASTER_KEY: third, MASTER_KEY_PREVIOUS: second })
    const rows = 'select id, mac from audit where tenant_id = ?'
    const before = await skipped.rows(rows, tenantId)
    assert.equal((await walkChain(skipped, tenantId)).broken?.reason, 'forged')
    const round = async (at: App) => (await at.admin.post<Round>('/v1/master-key/reseal', {})).body
    const { remaining, unprovable } = await round(skipped)
    assert.equal(remaining, 0)
    assert.ok(unprovable >= 2, 'a row and its seal')
    assert.deepEqual(await skipped.rows(rows, tenantId), before)

    const back = await startApp({ LIBSQL_URL, MASTER_KEY: third, MASTER_KEY_PREVIOUS: SECRETS.MASTER_KEY })
    const { resealed, ...done } = await round(back)
    assert.ok(resealed >= unprovable)
    assert.deepEqual(done, { remaining: 0, unprovable: 0 })
    const alone = await startApp({ LIBSQL_URL, MASTER_KEY: third })
    isWhole(await walkChain(alone, tenantId))
    isWhole(await walkLog(alone))
  })
})
