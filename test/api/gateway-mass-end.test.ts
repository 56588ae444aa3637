/** Many sessions end at once, more than every cache can be told of one by one. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Client, LibsqlError } from '@libsql/client'
import { type App, askThrough, LIBSQL_ONLY } from '../support/app.ts'
import { type Browser, browserOf, logInAtGateway, SERVICE } from '../support/gateway.ts'
import { startOnLibsql } from '../support/libsql.ts'
import { makeWorld, type World } from '../support/world.ts'

const MANY = 2_000

describe('of a tenant that is suspended with thousands of sessions', LIBSQL_ONLY, () => {
  /** Two places with one store and one cache; what only a process remembers is its own. */
  let here: App
  let elsewhere: App
  let takeStoreAway: () => void
  let world: World
  let other: World
  const puts: string[] = []

  before(async () => {
    const first = await startOnLibsql()
    const databases = await first.rows('select file from pragma_database_list')
    const second = await startOnLibsql({}, `file:${databases[0]?.['file']}`)
    const { get, put } = first.ports.kv
    const shared = {
      get,
      put(key: string, value: string, ttlSeconds: number) {
        puts.push(key)
        return put(key, value, ttlSeconds)
      },
    }
    for (const { ports } of [first, second]) Object.assign(ports.kv, shared)
    const { $client } = second.ports.db as unknown as { $client: Client }
    const fail = () => Promise.reject(new LibsqlError('The connection is refused', 'SERVER_ERROR'))
    takeStoreAway = () => void Object.assign($client, { execute: fail, batch: fail })
    here = askThrough(first)
    elsewhere = askThrough(second)
    world = await makeWorld(here, { tenant: { callbackUrls: [SERVICE] } })
    other = await makeWorld(here, { tenant: { callbackUrls: [SERVICE] } })
  })

  const comeIn = async (of: World) => {
    const browser = browserOf(elsewhere)
    await logInAtGateway(browser, of)
    assert.equal(await stands(browser), 200)
    return browser
  }
  const stands = async (browser: Browser) => (await browser.visit('GET', '/imsg-service/v1/token-is-set')).status

  test('those that no cache was told of end within a minute, and are not gone on with while the store is down', async () => {
    await comeIn(world)
    const columns = `user_id, tenant_id, client_id, method, generation, activity_id, opened_at, rotated_at, expires_at`
    await here.rows(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MANY})
       insert into sessions (id, ${columns}) select '0' || i, ${columns} from sessions, n where user_id = ?`,
      world.user.id,
    )
    const [read, silent, stranger] = [await comeIn(world), await comeIn(world), await comeIn(other)]
    const told = puts.length
    const suspended = await here.admin.patch(`/v1/tenants/${world.tenant.id}`, { status: 'suspended' })
    assert.equal(suspended.status, 200)
    const ends = puts.slice(told)
    assert.ok(
      ends.length > 500 && ends.length < 1_000,
      `${ends.length} calls of the cache, of which Workers grant 1,000`,
    )
    const idOf = ({ cookies }: Browser) => cookies.get('imidToken')?.split('.')[0]
    for (const one of [read, silent]) assert.ok(!ends.includes(`session:${idOf(one)}`), 'it was told of all the same')

    await elsewhere.wait(61)
    assert.equal(await stands(read), 401)
    assert.equal(await stands(stranger), 200)
    takeStoreAway()
    assert.equal(await stands(read), 401)
    assert.equal(await stands(silent), 503, 'nobody knows whether it stands')
    assert.equal(await stands(stranger), 200, 'it was seen to stand since')
    await elsewhere.wait(3600)
    assert.equal(await stands(silent), 503)
    assert.equal(await stands(stranger), 200)
  })
})
