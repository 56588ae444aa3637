/** Processes that are killed in the middle of it all: what was acknowledged has happened, once, and the rest not at all. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, askThrough } from '../support/app.ts'
import { type Processes, startProcesses } from '../support/processes.ts'
import { credentialsOf, makeWorld, refresh, type Tokens, type World } from '../support/world.ts'

const CLIENTS = 6
const LOAD_MS = 1_500
/** A busy machine takes longer to do enough that could be lost. */
const MOST_LOAD_MS = 20_000
const ROUNDS = 2

describe('of processes that are killed under load', () => {
  let processes: Processes
  let app: App
  let world: World
  /** Exchanged codes, the pairs that were got last, how many refreshes, and the names of roles that were made. */
  const known = { spent: [] as string[], pairs: [] as Tokens[], refreshes: 0, roles: [] as string[] }

  before(async () => {
    processes = await startProcesses(2)
    app = askThrough(processes)
    world = await makeWorld(app)
    for (let round = 0; round < ROUNDS; round++) {
      let isOver = false
      const clients = Array.from({ length: CLIENTS }, (_, n) => work(`${round}-${n}`, () => isOver))
      const begun = Date.now()
      const enough = known.spent.length + CLIENTS
      await sleep(LOAD_MS)
      while (known.spent.length <= enough && Date.now() - begun < MOST_LOAD_MS) await sleep(100)
      isOver = true
      await processes.kill()
      await Promise.all(clients)
      await processes.revive()
    }
  })
  after(() => app.stop())

  /** Until its connection breaks; what is answered is written down. */
  async function work(name: string, isOver: () => boolean): Promise<void> {
    const { clientId } = world.client
    const made = (n: number) => ({ tenantId: world.tenant.id, name: `${name}-${n}`, permissions: [] })
    try {
      for (let n = 0; !isOver(); n++) {
        const { body } = await app.post<{ code: string }>('/auth/login', credentialsOf(world))
        const exchanged = await app.post<Tokens>('/auth/token', { code: body.code, clientId })
        if (exchanged.status !== 200) continue
        known.spent.push(body.code)
        const next = await refresh(app, exchanged.body)
        if (next.status === 200) known.refreshes++
        known.pairs.push(next.status === 200 ? next.body : exchanged.body)
        if ((await app.admin.post('/v1/roles', made(n))).status === 201) known.roles.push(`${name}-${n}`)
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
  }

  const count = async (sql: string) => Number((await app.rows(sql))[0]?.['n'])
  const activities = (type: string) =>
    count(`select count(*) n from login_activity where login_type = '${type}' and actor = '${world.user.id}'`)

  test('there was some load', () => assert.ok(known.spent.length > CLIENTS, `${known.spent.length} logins`))

  test('every login and refresh that was acknowledged is in the activity, and no session is without its row', async () => {
    const [logins, sessions, refreshes] = [
      await activities('ACCESS'),
      await sessionCount(),
      await activities('RELOGIN'),
    ]
    assert.ok(logins >= known.spent.length, `${logins} rows for ${known.spent.length} logins`)
    assert.equal(logins, sessions)
    assert.ok(refreshes >= known.refreshes, `${refreshes} rows for ${known.refreshes} refreshes`)
  })
  const sessionCount = () => count(`select count(*) n from sessions where user_id = '${world.user.id}'`)

  test('every change that was acknowledged has its row in the audit, and none is without', async () => {
    const roles = await app.rows(
      'select name, (select count(*) from audit where target_id = roles.id) n from roles where tenant_id = ?',
      world.tenant.id,
    )
    const rows = new Map(roles.map(({ name, n }) => [name, n]))
    for (const name of known.roles) assert.equal(rows.get(name), 1, name)
    for (const [name, n] of rows) assert.equal(n, 1, String(name))
  })

  test('the pairs that were got are still good, and the store is whole', async () => {
    const answers = await Promise.all(known.pairs.slice(-5).map((pair) => refresh(app, pair)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal((await app.rows('pragma integrity_check'))[0]?.['integrity_check'], 'ok')
  })

  test('no code that was exchanged is good again', async () => {
    const exchange = (code: string) => app.post('/auth/token', { code, clientId: world.client.clientId })
    const answers = await Promise.all(known.spent.slice(-10).map(exchange))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [401])
  })
})
