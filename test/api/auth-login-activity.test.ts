import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { type ActivityRow, asJson, invalidParameter, listActivity } from '../support/activity.ts'
import { type App, startApp } from '../support/app.ts'
import { refusedWith } from '../support/auth-errors.ts'
import {
  bearer,
  credentialsOf,
  getTokens,
  logOut,
  makeWorld,
  refresh,
  type Tokens,
  type World,
} from '../support/world.ts'

let app: App
let world: World
let tokens: Tokens
let first: Tokens

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  const headers = { 'user-agent': 'Telegraph/1.0' }
  const login = { body: credentialsOf(world), headers, from: '198.51.100.7' }
  first = (await app.request<Tokens>('POST', '/auth/login-token', login)).body
  await logOut(app, (await refresh(app, first)).body)
  await app.post('/auth/login', { ...credentialsOf(world), password: 'wrong password' })
  tokens = await getTokens(app, world)
})

describe('login activity', () => {
  test('tells of logins, refreshes, logouts and failures, in the order of time', async () => {
    const { status, body } = await listActivity(app, tokens)
    assert.equal(status, 200)
    assert.deepEqual(
      body.map(({ loginType }) => loginType),
      ['ACCESS', 'RELOGIN', 'LOGOUT', 'FAILED', 'ACCESS'],
    )
    for (const { actor, tenantId } of body) assert.deepEqual([actor, tenantId], [world.user.id, world.tenant.id])
  })

  test('says when, from where and with what, and shows the claims that were given', async () => {
    const [row] = (await listActivity(app, tokens)).body
    assert.ok(row)
    assert.deepEqual(Object.keys(row).sort(), [...FIELDS].sort())
    assert.equal(row.deviceInfo, 'Telegraph/1.0')
    assert.equal(row.ipAddress, '198.51.100.7')
    assert.match(row.loginTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepEqual(JSON.parse(row.tokenPayload), decodeJwt(first.accessToken))
  })

  test('shows the claims of the very token, also of one that is older than the row', async () => {
    const own = await makeWorld(app)
    const login = await getTokens(app, own)
    const { body: relogin } = await refresh(app, login)
    await sleep(1100)
    await logOut(app, relogin)
    const { body } = await listActivity(app, await getTokens(app, own), { limit: 3 })
    assert.deepEqual(
      body.map(({ tokenPayload }) => JSON.parse(tokenPayload)),
      [login, relogin, relogin].map(({ accessToken }) => decodeJwt(accessToken)),
    )
  })

  test('has no claims where no token was given', async () => {
    const { body } = await listActivity(app, tokens, { where: { loginType: 'FAILED' } })
    assert.deepEqual(
      body.map(({ tokenPayload }) => tokenPayload),
      [''],
    )
  })

  test('is counted, and found by its id', async () => {
    const { body: rows } = await listActivity(app, tokens)
    const where = asJson({ loginType: 'ACCESS' })
    assert.deepEqual((await get('/login-activity/count')).body, { count: rows.length })
    assert.deepEqual((await get(`/login-activity/count?where=${where}`)).body, { count: 2 })
    assert.deepEqual((await get('/login-activity/count?where[loginType]=ACCESS')).body, { count: 2 })
    assert.deepEqual((await get(`/login-activity/${rows[0]?.id}`)).body, rows[0])
    const chosen = await get(`/login-activity/${rows[0]?.id}?filter[fields][actor]=true`)
    assert.deepEqual(chosen.body, { actor: world.user.id })
  })

  test('of another tenant is not there', async () => {
    const other = await makeWorld(app)
    const theirs = await getTokens(app, other)
    const [row] = (await listActivity(app, theirs)).body
    for (const id of [row?.id, 'nope']) notFound(await get(`/login-activity/${id}`), String(id))
    for (const where of [{ tenantId: other.tenant.id }, { or: [{ tenantId: other.tenant.id }, { id: row?.id }] }])
      assert.deepEqual((await listActivity(app, tokens, { where })).body, [])
    assert.equal((await listActivity(app, theirs)).body.length, 1)
  })

  test('is for those who may view it; what was asked is checked before who asks', async () => {
    const plain = await makeWorld(app, { role: { permissions: ['Other'] } })
    const without = bearer(await getTokens(app, plain))
    for (const path of ['/login-activity', '/login-activity/count', '/login-activity/nope', '/active-users/daily']) {
      refusedWith(await app.get(path, without), 403, 'NotAllowedAccess')
      refusedWith(await app.get(path), 401, 'Bearer realm="Users"')
    }
    invalidParameter(await app.get('/login-activity?filter={'), 'filter', '{')
    invalidParameter(await app.get('/login-activity/count?where={', without), 'where', '{')
    invalidParameter(await app.get('/login-activity/nope?filter=5'), 'filter', '5')
    invalidParameter(await app.get('/active-users/weekly'), 'range', 'weekly')
  })

  test('keeps addresses and claims sealed', async () => {
    const rows = await app.rows(
      'select ip_address, token_payload from login_activity where tenant_id = ?',
      world.tenant.id,
    )
    for (const row of rows) assert.ok(!/198\.51|Lovelace/.test(JSON.stringify(row)))
  })
})

const FIELDS = [
  'id',
  'actor',
  'tenantId',
  'loginTime',
  'tokenPayload',
  'loginType',
  'deviceInfo',
  'ipAddress',
] satisfies (keyof ActivityRow)[]

const get = (path: string) => app.get(path, bearer(tokens))

function notFound(answer: Awaited<ReturnType<typeof get>>, id: string): void {
  assert.equal(answer.status, 404)
  const error = { statusCode: 404, name: 'Error', message: ` login_activity with id "${id}"`, code: 'ENTITY_NOT_FOUND' }
  assert.deepEqual(answer.body, { error })
}
