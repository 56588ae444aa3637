/** Looks back at the whole run: nothing confidential that went in or came out is in the log, or in clear in a table. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { startApp, startedServices } from '../support/app.ts'
import { secretsIn } from '../support/secrets.ts'
import type { Row, Service } from '../support/service.ts'
import { getTokens, logOut, makeWorld, refresh } from '../support/world.ts'

/** In development this is the mail itself. */
const MESSAGES = 'outbox'
/** Sealed columns, by table: `<key>.<iv>.<ciphertext>`. */
const SEALED: Record<string, string[]> = {
  clients: ['secret', 'previous_secret'],
  connections: ['client_secret', 'saml_key'],
  login_activity: ['ip_address', 'token_payload'],
  provider_sessions: ['tokens'],
  signing_keys: ['private_jwk'],
}
const SEAL = /^[\w-]{8}\.[\w-]{16}\.[\w-]{22,}$/

let tables: [table: string, rows: Row[]][][]

before(async () => {
  const app = await startApp()
  const world = await makeWorld(app)
  const { body } = await refresh(app, await getTokens(app, world))
  await logOut(app, body)
  await app.post('/auth/login', `{"client_id":"${world.client.clientId}","password":"${world.user.password}"`)
  await app.get(`/auth/me?access_token=${body.accessToken}`)
  await app.upkeep()
  tables = await Promise.all([...startedServices].map(dump))
})

describe('after everything that the tests did', () => {
  test('the log has lines, and none holds a secret, an address or a number of a person', () => {
    const logs = [...startedServices].map((service) => service.log())
    assert.ok(logs.flat().length > 0)
    for (const log of logs) assert.deepEqual(secretsIn(log.join('\n'), { andPersonal: true }), [])
  })

  test('no table holds a secret in clear', () => {
    for (const [table, rows] of tables.flat()) {
      const found = table === MESSAGES ? [] : secretsIn(JSON.stringify(rows))
      assert.deepEqual(found, [], `in ${table}`)
    }
  })

  test('what must be read back is sealed', () => {
    for (const [table, rows] of tables.flat())
      for (const column of SEALED[table] ?? [])
        for (const row of rows) if (row[column]) assert.match(String(row[column]), SEAL, `${table}.${column}`)
  })
})

async function dump(service: Service): Promise<[table: string, rows: Row[]][]> {
  const names = await service.rows(`select name from sqlite_master where type = 'table' and name not glob '_cf_*'`)
  return Promise.all(names.map(async ({ name }) => [String(name), await service.rows(`select * from "${name}"`)]))
}
