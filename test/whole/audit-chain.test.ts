/** Whoever alters what the audit says, in the store itself, is found out; and nobody who did not is accused. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { TAMPERINGS } from '../support/audit-tampering.ts'
import { walkChain, walkLog } from '../support/audit-walk.ts'
import { SECRETS } from '../support/variables.ts'
import { create } from '../support/world.ts'

let app: App

/** A service of its own, because what is done to the log is done to all. */
before(async () => {
  app = await startApp({ LOG_LEVEL: 'info' })
})

async function newTenant(): Promise<string> {
  const { id } = await create<{ id: string }>(app, '/v1/tenants', {
    key: `audited-${Date.now()}-${++tenants}`,
    name: 'A',
  })
  return id
}
let tenants = 0

const addRole = (tenantId: string, name: string | number) =>
  create(app, '/v1/roles', { tenantId, name: `role ${name}`, permissions: [] })

/** Until all are sealed; workerd does that after the answer. */
async function sealed(): Promise<void> {
  await app.upkeep()
  assert.deepEqual(await app.rows('select id from audit where hash is null'), [])
}

const isWhole = ({ broken }: { broken: unknown }) => assert.equal(broken, null)

describe('the audit chain of a tenant', () => {
  test('is whole after fifty changes and several sealers at once', async () => {
    const tenantId = await newTenant()
    const changes = Array.from({ length: 50 }, (_, n) => addRole(tenantId, n))
    await Promise.all([...changes, ...Array.from({ length: 4 }, () => app.upkeep())])
    await Promise.all(Array.from({ length: 4 }, () => app.upkeep()))
    await sealed()
    const walked = await walkChain(app, tenantId)
    isWhole(walked)
    assert.equal(walked.checked, 51)
    isWhole(await walkLog(app))
  })

  test('is for its tenant, and for operators', async () => {
    const [own, other] = [await newTenant(), await newTenant()]
    const { key } = await create<{ key: string }>(app, '/v1/api-keys', { tenantId: own, name: 'k', permissions: 15 })
    const ask = async (path: string) => (await app.get(`/v1/audit${path}`, { 'x-api-key': key })).status
    assert.equal(await ask('/verification'), 200)
    assert.equal(await ask(`/verification?tenantId=${own}`), 200)
    assert.equal(await ask(`/verification?tenantId=${other}`), 404)
    assert.equal(await ask('/seals/verification'), 403)
    assert.equal(await ask('/chains'), 403)
    const operator = { 'x-api-key': SECRETS.ADMIN_API_KEY }
    assert.equal((await app.get('/v1/audit/verification?cursor=nonsense', operator)).status, 400)
    const { body } = await app.get<{ items: (string | null)[] }>('/v1/audit/chains', operator)
    assert.ok(body.items.includes(own) && body.items.includes(other))
  })
})

const TABLES: Record<string, string> = {
  audit: 'id, tenant_id, actor_kind, actor_id, action, target_kind, target_id, at, request_id, seq, mac, hash',
  audit_seals: 'n, chain, seq, hash, at, log, mac',
}

describe('it is found that', () => {
  let tenantIds: [string, string]

  before(async () => {
    tenantIds = [await newTenant(), await newTenant()]
    for (let n = 1; n <= 5; n++) for (const tenantId of tenantIds) await addRole(tenantId, n)
    await sealed()
    for (const [table, columns] of Object.entries(TABLES))
      await app.rows(`create table ${table}_kept as select ${columns} from ${table}`)
  })

  async function restore(): Promise<void> {
    for (const [table, columns] of Object.entries(TABLES)) {
      await app.rows(`delete from ${table}`)
      await app.rows(`insert into ${table} (${columns}) select ${columns} from ${table}_kept`)
    }
  }

  for (const { name, sql, found } of TAMPERINGS)
    test(name, async (t) => {
      t.after(restore)
      for (const statement of sql) {
        const names = tenantIds.slice(0, /\?2/.test(statement) ? 2 : /\?1/.test(statement) ? 1 : 0)
        await app.rows(statement, ...names)
      }
      const walks = [await walkChain(app, tenantIds[0]), await walkChain(app, tenantIds[1]), await walkLog(app)]
      assert.deepEqual(
        walks.map(({ broken }) => broken?.reason ?? null),
        found,
      )
    })

  test('the store was set back as a whole, by what was remembered', async (t) => {
    t.after(restore)
    const { reached } = await walkLog(app)
    assert.ok(reached)
    isWhole(await walkLog(app, reached))
    await addRole(tenantIds[0], 'new')
    await sealed()
    const later = await walkLog(app, reached)
    isWhole(later)
    await restore()
    isWhole(await walkLog(app))
    assert.equal((await walkLog(app, later.reached ?? '')).broken?.reason, 'log_rewound')
    await addRole(tenantIds[0], 'another')
    await sealed()
    assert.equal((await walkLog(app, later.reached ?? '')).broken?.reason, 'log_rewound')
  })
})
