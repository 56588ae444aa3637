/** Moving in from another system and out again, as the commands do it. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { hashSync } from 'bcryptjs'
import { fromArc } from '../../src/commands/import/from-arc.ts'
import { fromGatehouse } from '../../src/commands/import/from-gatehouse.ts'
import { type App, startApp } from '../support/app.ts'
import { arcDump, arcOrganisation } from '../support/arc-dump.ts'
import { refusedWith } from '../support/auth-errors.ts'
import { type Entry, moveIn, moveOut } from '../support/moving.ts'
import { oneTimeCodes } from '../support/one-time-codes.ts'
import { registerSecret } from '../support/secrets.ts'
import { STORE } from '../support/service.ts'
import { getCode, makeWorld } from '../support/world.ts'

const PASSWORD = `temp ${randomBytes(9).toString('base64url')}`
const HASH = hashSync(PASSWORD, 4)
registerSecret(PASSWORD)

/** For a service, or two, of its own. */
const ALONE = { skip: STORE === 'libsql' ? false : 'on workerd it takes long to start' }

let app: App
before(async () => {
  app = await startApp()
})

/** By outcome and type: how many. */
function counted(entries: Entry[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome, type } of entries) {
    const name = [outcome, type].filter(Boolean).join(' ')
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const CREATED = { tenant: 2, role: 2, client: 2, user: 2, membership: 3 }
const all = (outcome: string) =>
  Object.fromEntries(Object.entries(CREATED).map(([type, count]) => [`${outcome} ${type}`, count]))
const arrived = (entries: Entry[]) => counted(entries.filter(({ outcome }) => !['left', 'changed'].includes(outcome)))

function organisation() {
  const tag = randomBytes(5).toString('hex')
  const { ids, tables } = arcOrganisation(tag, HASH)
  return { tag, ids, files: { 'arc.sql': arcDump(tables) } }
}

describe('whoever comes from the original', () => {
  test('logs in with the old password and finds their rights, under the ids of before', async () => {
    const { tag, ids, files } = organisation()
    assert.deepEqual(arrived(await moveIn(app, fromArc, files)), all('created'))
    const credentials = { client_id: `web-${tag}`, client_secret: `secret of ${tag}, long` }
    const login = { ...credentials, username: `ada.${tag}`, password: PASSWORD }
    const { body: code, text } = await app.post<{ code: string }>('/auth/login', login)
    const exchange = { code: code.code, clientId: `web-${tag}` }
    const { body: tokens } = await app.post<{ accessToken: string }>('/auth/token', exchange)
    assert.ok(tokens.accessToken, text)
    const { body: me } = await app.get('/auth/me', { authorization: `Bearer ${tokens.accessToken}` })
    assert.deepEqual(
      [me['id'], me['userTenantId'], me['tenantId'], me['role'], me['status'], me['permissions']],
      [ids.ada, ids.place, ids.acme, 'admin', 1, ['ViewLoginActivity', 'P 9', 'P7']],
    )
    const [row] = await app.rows('select hash from passwords where user_id = ?', ids.ada)
    assert.match(String(row?.['hash']), /^\$argon2id\$/)
    const { body: ada } = await app.admin.get(`/v1/users/${ids.ada}`)
    assert.deepEqual(
      [ada['clientIds'], ada['locale'], ada['title']],
      [[`web-${tag}`, `mobile-${tag}`], 'sv-SE', 'Countess'],
    )
  })

  test('comes once, however often it is run; in a trial not at all', async () => {
    const { ids, files } = organisation()
    assert.deepEqual(arrived(await moveIn(app, fromArc, files, { dryRun: true })), all('created'))
    assert.equal((await app.admin.get(`/v1/users/${ids.ada}`)).status, 404)
    await moveIn(app, fromArc, files)
    assert.deepEqual(arrived(await moveIn(app, fromArc, files)), all('present'))
    assert.deepEqual(arrived(await moveIn(app, fromArc, files, { dryRun: true })), all('present'))
  })

  test('comes as far as possible, and the rest is told with its reason', async () => {
    const { tag, files } = organisation()
    const entries = await moveIn(app, fromArc, files)
    const told = entries
      .filter(({ outcome }) => ['left', 'changed'].includes(outcome))
      .map(({ outcome, what, why = '', name }) => `${outcome} ${what ? `${what}: ` : ''}${why} (${name})`)
    const has = (words: string) =>
      assert.ok(
        told.some((line) => line.includes(words)),
        `${words}\n${told.join('\n')}`,
      )
    has('left groups: there are no such groups here')
    has('left orders: not a table of the authentication service')
    has('left users: deleted there')
    has('left roles: nobody has it in any tenant (spare)')
    has('changed tenants: INACTIVE there, suspended here')
    has(`changed tenants: the key became g-${tag}`)
    has(`changed clients: without clientSecret: must NOT have fewer than 16 characters (mobile-${tag})`)
    has(`changed users: without a client that is not there any more (ada.${tag})`)
    has(`changed users: without phone: must be a phone number`)
    has(`changed users: may use no client, as there (bob.${tag})`)
    assert.ok(!told.join('\n').includes(HASH))
  })

  test('is nobody who was here before', async () => {
    const { tag, ids, files } = organisation()
    const { body: before } = await app.admin.post<{ id: string }>('/v1/users', { username: `Ada.${tag}` })
    const entries = await moveIn(app, fromArc, files)
    assert.deepEqual(arrived(entries), { ...all('created'), 'created user': 1, 'created membership': 1 })
    const { body } = await app.admin.get<{ items: unknown[] }>(`/v1/users/${before.id}/memberships`)
    assert.deepEqual(body.items, [])
    assert.equal((await app.admin.get(`/v1/users/${ids.ada}`)).status, 404)
  })

  test('joins a tenant of the same key only if that is said', async () => {
    const { tag, ids, files } = organisation()
    const { body: there } = await app.admin.post<{ id: string }>('/v1/tenants', { key: `a-${tag}`, name: 'Here' })
    const apart = await moveIn(app, fromArc, files)
    assert.equal(counted(apart)['created user'], undefined)
    assert.ok(apart.some(({ what, why }) => what === 'tenants' && why?.includes('--merge')))
    assert.equal(counted(await moveIn(app, fromArc, files, { merge: true }))['created user'], 2)
    const { body } = await app.admin.get<{ items: { tenantId: string }[] }>(`/v1/users/${ids.ada}/memberships`)
    assert.ok(body.items.some(({ tenantId }) => tenantId === there.id))
  })

  test('logs in with Google as before, once the connection is there', ALONE, async () => {
    const { tag, ids, files } = organisation()
    const alone = await startApp({})
    const refusal = (await moveIn(alone, fromArc, files)).find(({ what }) => what === 'identities')
    assert.match(String(refusal?.why), /must have one active connection in this service \(google\)/)
    const connection = { kind: 'google', name: 'Google', clientId: 'x', clientSecret: 'y' }
    assert.equal((await alone.admin.post('/v1/connections', connection)).status, 201)
    assert.equal(counted(await moveIn(alone, fromArc, files))['created identity'], 1)
    assert.equal(counted(await moveIn(alone, fromArc, files))['present identity'], 1)
    const [row] = await alone.rows('select user_id from identities where subject = ?', `google-${tag}`)
    assert.equal(row?.['user_id'], ids.bob)
  })
})

describe('whoever moves on', () => {
  test('takes everything along: the same bytes come out of the service that took it in', ALONE, async () => {
    const { tag, files } = organisation()
    const [first, second] = [await startApp({}), await startApp({})]
    await moveIn(first, fromArc, files)
    const before = await moveOut(first, { secrets: 'true' })
    assert.ok(before.includes(HASH) && before.includes(`secret of ${tag}`))
    const lines = { 'all.ndjson': before }
    assert.ok((await moveIn(second, fromGatehouse, lines)).every(({ outcome }) => outcome === 'created'))
    assert.equal(await moveOut(second, { secrets: 'true' }), before)
    assert.ok((await moveIn(second, fromGatehouse, lines)).every(({ outcome }) => outcome === 'present'))
  })

  test('has completed a second factor there too: whoever reads their mail alone sets up no app', ALONE, async () => {
    const [first, second] = [await startApp({}), await startApp({})]
    const world = await makeWorld(first, { tenant: { secondFactor: 'required' } })
    const [here, there] = [oneTimeCodes(() => first), oneTimeCodes(() => second)]
    await getCode(first, world)
    assert.equal((await here.verify(world, await here.sentCode(world))).status, 200)
    assert.ok(!(await moveOut(first, {})).includes('secondFactorEstablished'))
    const before = await moveOut(first, { secrets: 'true' })
    await moveIn(second, fromGatehouse, { 'all.ndjson': before })
    assert.equal(await moveOut(second, { secrets: 'true' }), before)
    await there.send(world)
    const { body } = await there.verify(world, await there.sentCode(world))
    const enrolment = { code: body.code, clientId: world.client.clientId }
    refusedWith(await second.post('/auth/create-qr-code', enrolment), 401, 'User Verification Failed')
  })

  test('finds the same tenant again after it was removed', async () => {
    const { ids, files } = organisation()
    await moveIn(app, fromArc, files)
    const query = { tenantId: ids.acme, secrets: 'true' }
    const before = await moveOut(app, query)
    for (const path of [`users/${ids.ada}`, `users/${ids.bob}`, `tenants/${ids.acme}`])
      assert.equal((await app.admin.delete(`/v1/${path}`)).status, 204)
    const entries = await moveIn(app, fromGatehouse, { 'one.ndjson': before })
    assert.deepEqual(counted(entries), {
      'created tenant': 1,
      'created role': 1,
      'created user': 2,
      'created membership': 2,
    })
    assert.equal(await moveOut(app, query), before)
  })
})
