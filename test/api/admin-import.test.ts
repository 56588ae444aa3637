/** `/v1/import`: resources from elsewhere, a hundred lines a call. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { organisation, PASSWORD } from '../support/organisation.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { create, makeWorld } from '../support/world.ts'

interface Result {
  outcome: string
  id?: string
  issues?: { path: string; message: string }[]
}

let app: App
before(async () => {
  app = await startApp()
})

async function send(lines: object[], more: object = {}): Promise<Result[]> {
  const { status, body, text } = await app.admin.post<{ results: Result[] }>('/v1/import', { lines, ...more })
  assert.equal(status, 200, text)
  assert.equal(body.results.length, lines.length)
  return body.results
}

const outcomes = (results: Result[]) => results.map(({ outcome }) => outcome)
/** Of each refused line, what was wrong. */
const flaws = (results: Result[]) => results.map(({ issues = [] }) => issues.map(({ path }) => path).join(' '))

/** Logs in for a code, through the original's own wire. */
const logIn = ({ tag, clientSecret }: ReturnType<typeof organisation>, password = PASSWORD) =>
  app.post<{ code: string }>('/auth/login', {
    client_id: `web-${tag}`,
    client_secret: clientSecret,
    username: `ada.${tag}`,
    password,
  })

describe('an import', () => {
  test('brings a person who logs in with the old password, which is hashed anew', async () => {
    const moved = organisation()
    assert.deepEqual(outcomes(await send(moved.lines)), Array(6).fill('created'))
    assert.equal((await logIn(moved, 'another one')).status, 401)
    const { body } = await logIn(moved)
    const tokens = await app.post<{ accessToken: string }>('/auth/token', {
      code: body.code,
      clientId: `web-${moved.tag}`,
    })
    const authorization = `Bearer ${tokens.body.accessToken}`
    const { body: me } = await app.get('/auth/me', { authorization })
    assert.equal(me['id'], moved.userId)
    assert.deepEqual([me['permissions'], me['role'], me['tenantId']], [['P1'], 'editor', moved.tenantId])
    const [stored] = await app.rows('select hash from passwords where user_id = ?', moved.userId)
    assert.match(String(stored?.['hash']), /^\$argon2id\$/)
    assert.equal((await logIn(moved)).status, 200)
  })

  test('keeps ids, and everything that a line says', async () => {
    const { lines, userId, tenantId, roleId } = organisation()
    await send(lines)
    const { body: user } = await app.admin.get(`/v1/users/${userId}`)
    assert.equal(user['title'], 'Countess')
    assert.equal((user['settings'] as { value: string }[])[0]?.value, '20')
    const { body: tenant } = await app.admin.get<{ signUp: object }>(`/v1/tenants/${tenantId}`)
    assert.deepEqual(tenant.signUp, { mode: 'open', roleId, emailDomains: [] })
    const { body: list } = await app.admin.get<{ items: { units: string[] }[] }>(`/v1/users/${userId}/memberships`)
    assert.deepEqual(
      list.items.map(({ units }) => units),
      [['news']],
    )
  })

  test('leaves one audit row for each resource and for the role that a tenant gets, and the second time changes nothing', async () => {
    const { lines, tenantId } = organisation()
    const first = await send(lines)
    const audit = () => app.admin.get<{ items: { action: string }[] }>(`/v1/audit?tenantId=${tenantId}`)
    const { body } = await audit()
    assert.deepEqual(body.items.map(({ action }) => action).sort(), [
      'client.import',
      'membership.import',
      'role.import',
      'tenant.import',
      'tenant.update',
      'unit.import',
      'user.import',
    ])
    const second = await send(lines.map((line) => ({ ...line })))
    assert.deepEqual(outcomes(second), Array(6).fill('present'))
    assert.deepEqual(
      second.map(({ id }) => id),
      first.map(({ id }) => id),
    )
    assert.equal((await audit()).body.items.length, 7)
  })

  test('sent many times at once comes in once', async () => {
    const { lines, userId } = organisation()
    await send(lines.slice(0, 1))
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.admin.post('/v1/import', { lines })))
    assert.ok(answers.every(({ status }) => status === 200 || status === 409))
    assert.deepEqual(outcomes(await send(lines)), Array(6).fill('present'))
    const [count] = await app.rows('select count(*) as n from audit where target_id = ?', userId)
    assert.equal(count?.['n'], 1)
  })

  test('that is tried out writes nothing', async () => {
    const { lines, tenantId } = organisation()
    const results = await send(lines, { dryRun: true })
    assert.deepEqual(results[0]?.outcome, 'created')
    assert.equal((await app.admin.get(`/v1/tenants/${tenantId}`)).status, 404)
  })

  test('is not stopped by a bad line, and says of each what is wrong', async () => {
    const { lines, tenantId, roleId, userId, tag } = organisation()
    const nobody = randomUUID()
    const results = await send([
      ...lines,
      { type: 'spaceship' },
      { type: 'tenant', key: 'Not A Key', name: 'x' },
      { type: 'tenant', key: `${tag}-2`, name: 'x', signUp: { mode: 'domains' } },
      { type: 'role', tenantId: nobody, name: 'x' },
      { type: 'client', name: 'x' },
      { type: 'user', username: `x.${tag}`, passwordHash: 'md5:0123456789' },
      { type: 'user', username: `x.${tag}`, email: 'nowhere', defaultTenantId: tenantId, nickname: 'x' },
      { type: 'user', username: `x.${tag}`, defaultTenantId: nobody },
      { type: 'membership', userId: nobody, tenantId, roleId, units: ['sports'] },
      { type: 'membership', userId, tenantId: nobody, roleId },
      { type: 'identity', userId, kind: 'cognito', subject: 'x' },
    ])
    assert.deepEqual(outcomes(results), [...Array(6).fill('created'), ...Array(11).fill('refused')])
    assert.deepEqual(flaws(results.slice(6)), [
      'type',
      'key',
      'signUp.emailDomains',
      'tenantId',
      'clientId',
      'passwordHash',
      'nickname email',
      'defaultTenantId',
      'userId units.0',
      'tenantId roleId',
      'kind',
    ])
  })

  test('makes nobody somebody else, and gives nobody other rights', async () => {
    const { lines, tenantId, userId, tag } = organisation()
    await send(lines)
    const results = await send([
      { type: 'user', id: randomUUID(), username: `ADA.${tag}` },
      { type: 'user', id: userId, username: `eve.${tag}` },
      { type: 'role', tenantId, name: 'editor', permissions: ['P1', 'P2', 'P3'] },
      { type: 'role', tenantId, name: 'editor', permissions: ['P2', 'P1'] },
    ])
    assert.deepEqual(outcomes(results), ['refused', 'refused', 'refused', 'present'])
    assert.deepEqual(flaws(results), ['username', 'id', 'permissions', ''])
  })

  test('keeps the second factor', async () => {
    const { lines, userId } = organisation()
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
    await send(lines.map((line) => (line.type === 'user' ? { ...line, authenticatorSecret: secret } : line)))
    const [row] = await app.rows('select secret, confirmed_at from second_factors where user_id = ?', userId)
    assert.match(String(row?.['secret']), /^[\w-]{8}\.[\w-]{16}\./)
    assert.ok(row?.['confirmed_at'])
  })

  test('keeps that a second factor was completed, so that one factor alone sets up no app', async () => {
    const { lines, userId } = organisation()
    const established = { secondFactorEstablished: true }
    await send(lines.map((line) => (line.type === 'user' ? { ...line, ...established } : line)))
    const columns = 'secret, confirmed_at, established_at is not null established'
    const [row] = await app.rows(`select ${columns} from second_factors where user_id = ?`, userId)
    assert.deepEqual(row, { secret: null, confirmed_at: null, established: 1 })
  })

  test('is for operators who may do everything, and bounded', async () => {
    const world = await makeWorld(app)
    const own = await create<{ key: string }>(app, '/v1/api-keys', {
      name: 'own',
      permissions: 15,
      tenantId: world.tenant.id,
    })
    const line = { type: 'unit', tenantId: world.tenant.id, name: 'x' }
    refused(await app.post('/v1/import', { lines: [line] }, { 'x-api-key': own.key }), 403)
    const creator = await create<{ key: string }>(app, '/v1/api-keys', { name: 'creator', permissions: 8 })
    refused(await app.post('/v1/import', { lines: [line] }, { 'x-api-key': creator.key }), 403)
    refusedFields(await app.admin.post('/v1/import', { lines: [] }), 'lines')
    refusedFields(await app.admin.post('/v1/import', { lines: Array(101).fill(line) }), 'lines')
    refusedFields(await app.admin.post('/v1/import', { lines: [line], force: true }), 'force')
    refused(await app.admin.post('/v1/import', { lines: [{ ...line, name: 'x'.repeat(1_100_000) }] }), 413)
  })
})
