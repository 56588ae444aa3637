/** A service that is killed under load and started again: what was acknowledged has happened, once, and the rest not at all. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { STALE_SECONDS } from '../../src/core/sessions/state.ts'
import { type App, askThrough } from './app.ts'
import type { Killable } from './service.ts'
import { bearer, credentialsOf, logOut, makeWorld, refresh, type Tokens, type World } from './world.ts'

const CLIENTS = 6
const LOAD_MS = 1_500
/** A busy machine takes longer to do enough that could be lost. */
const MOST_LOAD_MS = 60_000
const ROUNDS = 2
/** For each login, most of which is its hash: what could be cut in two are the writes. */
const REFRESHES = 6

export function describeKilled(name: string, start: () => Promise<Killable>): void {
  describe(`of ${name} killed under load`, () => {
    let app: App
    let world: World
    /** What was answered before the processes were killed. */
    const known = {
      codes: [] as string[],
      spent: [] as string[],
      refreshes: 0,
      roles: [] as string[],
      /** The pairs of tokens that were got last, of those who stayed and of those who logged out. */
      standing: [] as Tokens[],
      ended: [] as Tokens[],
    }
    /** Requests that were under way. */
    let struck = 0

    before(async () => {
      const service = await start()
      app = askThrough(service)
      world = await makeWorld(app)
      for (let round = 0; round < ROUNDS; round++) {
        let isOver = false
        const clients = Array.from({ length: CLIENTS }, (_, n) => work(`${round}-${n}`, () => isOver))
        const load = Promise.all(clients)
        const begun = Date.now()
        const enough = countVisits() + CLIENTS
        await Promise.race([load, sleep(LOAD_MS)])
        while (countVisits() < enough && Date.now() - begun < MOST_LOAD_MS) await Promise.race([load, sleep(100)])
        isOver = true
        await service.kill()
        struck += (await load).filter((wasStruck) => wasStruck).length
        await service.revive()
      }
    })
    after(() => app?.stop())

    /** Until it is over; what is answered is written down. True when a connection broke by that. */
    async function work(client: string, isOver: () => boolean): Promise<boolean> {
      try {
        for (let n = 0; !isOver(); n++) await visit(`${client}-${n}`)
        return false
      } catch (error) {
        if (isOver() && error instanceof TypeError) return true
        throw error
      }
    }

    async function visit(name: string): Promise<void> {
      const login = await app.post<{ code: string }>('/auth/login', credentialsOf(world))
      if (login.status !== 200) return
      known.codes.push(login.body.code)
      const exchanged = await exchange(login.body.code)
      if (exchanged.status !== 200) return
      known.spent.push(login.body.code)
      let pair = exchanged.body
      for (let n = 0; n < REFRESHES; n++) {
        const next = await refresh(app, pair)
        if (next.status !== 200) return
        known.refreshes++
        pair = next.body
        const role = { tenantId: world.tenant.id, name: `${name}-${n}`, permissions: [] }
        if ((await app.admin.post('/v1/roles', role)).status === 201) known.roles.push(role.name)
      }
      if (known.standing.length <= known.ended.length) known.standing.push(pair)
      else if ((await logOut(app, pair)).status === 200) known.ended.push(pair)
    }

    const countVisits = () => known.standing.length + known.ended.length
    const exchange = (code: string) => app.post<Tokens>('/auth/token', { code, clientId: world.client.clientId })
    const count = async (sql: string) => Number((await app.rows(sql))[0]?.['n'])
    const countActivities = (type: string) =>
      count(`select count(*) n from login_activity where login_type = '${type}' and actor = '${world.user.id}'`)

    test('there was enough under way to lose', () => {
      assert.ok(countVisits() >= ROUNDS * CLIENTS, `${countVisits()} visits`)
      assert.ok(known.ended.length > 0)
      assert.ok(struck > 0)
    })

    test('every login, refresh and logout that was acknowledged is in the activity', async () => {
      const rows = [await countActivities('ACCESS'), await countActivities('RELOGIN'), await countActivities('LOGOUT')]
      const acknowledged = [known.spent.length, known.refreshes, known.ended.length]
      assert.ok(
        rows.every((n, index) => n >= (acknowledged[index] ?? 0)),
        `${rows} rows for ${acknowledged}`,
      )
    })

    test('no session is without the rows of its login, its refreshes and its end, and none has them twice', async () => {
      const activities = (type: string) =>
        `(select count(*) from login_activity where session_id = sessions.id and login_type = '${type}')`
      const odd = await app.rows(
        `select id from sessions where ${activities('ACCESS')} <> 1
          or ${activities('RELOGIN')} <> generation - 1 or ${activities('LOGOUT')} <> (ended_at is not null)`,
      )
      assert.deepEqual(odd, [])
      assert.equal(await count('select count(*) n from sessions'), await countActivities('ACCESS'))
    })

    test('every change that was acknowledged has its row in the audit, and none is without', async () => {
      const roles = await app.rows(
        'select name, (select count(*) from audit where target_id = roles.id) n from roles where tenant_id = ?',
        world.tenant.id,
      )
      const rows = new Map(roles.map(({ name, n }) => [name, n]))
      for (const name of known.roles) assert.equal(rows.get(name), 1, name)
      for (const [name, n] of rows) assert.equal(n, 1, String(name))
    })

    test('whoever stayed goes on, and the store is whole', async () => {
      for (const pair of known.standing) assert.equal((await refresh(app, pair)).status, 200)
      assert.equal((await app.rows('pragma integrity_check'))[0]?.['integrity_check'], 'ok')
    })

    test('whoever logged out is out', async () => {
      for (const pair of known.ended) {
        assert.equal((await refresh(app, pair)).status, 401)
        assert.equal(await lastAnswer(pair), 401)
      }
    })

    /** A cache that was not told in time may say otherwise, but no longer than is promised. */
    async function lastAnswer(pair: Tokens): Promise<number> {
      for (const until = Date.now() + STALE_SECONDS * 1_000; ; await sleep(1_000)) {
        const { status } = await app.get('/auth/me', bearer(pair))
        if (status !== 200 || Date.now() > until) return status
      }
    }

    test('no code that was exchanged is good again', async () => {
      for (const code of known.spent) assert.equal((await exchange(code)).status, 401)
    })

    test('a code whose exchange was not answered is good once, or was spent', async () => {
      for (const code of known.codes.filter((code) => !known.spent.includes(code))) {
        assert.ok([200, 401].includes((await exchange(code)).status))
        assert.equal((await exchange(code)).status, 401)
      }
    })
  })
}
