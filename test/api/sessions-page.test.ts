import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Browser, browserOf, logInAtGateway, SERVICE } from '../support/gateway.ts'
import { create, getTokens, makeWorld, refresh, type World } from '../support/world.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'

let app: App
before(async () => {
  app = await startApp()
})

const newWorld = () => makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })

async function signIn(world: World): Promise<Browser> {
  const browser = browserOf(app)
  await logInAtGateway(browser, world)
  return browser
}

const list = async ({ visit }: Browser) => (await visit('GET', '/sessions')).text
/** In the order of the page: the browser's own comes first. */
const idsOn = (page: string) => [...page.matchAll(/name="id" value="([^"]+)"/g)].map(([, id]) => id ?? '')
const isIn = async ({ visit }: Browser) => (await visit('GET', '/imsg-service/v1/token-is-set')).status === 200
const endOthers = (browser: Browser) => browser.visit('POST', '/sessions/end-others', {})

describe('the page of one’s own sessions', () => {
  test('shows each with its device, address, way in and application, this one first', async () => {
    const world = await newWorld()
    await getTokens(app, world)
    const browser = await signIn(world)
    await app.rows(
      'update login_activity set device_info = ?1 where actor = ?2 and id in (select activity_id from sessions where client_id is not null)',
      FIREFOX,
      world.user.id,
    )
    const page = await list(browser)
    assert.equal(idsOn(page).length, 2)
    const [, first = '', second = ''] = page.split('<form')
    assert.match(first, /This one/)
    assert.match(first, /<dd>Acme<\/dd>/)
    assert.match(second, /<h2>Firefox on Windows<\/h2>/)
    assert.match(second, /<dd>password<\/dd>/)
    assert.match(second, /<dd>Web<\/dd>/)
    assert.match(second, /<dt>Address<\/dt><dd>[\d.:a-f]+<\/dd>/)
    assert.match(page, /href="\/passkeys"/)
    assert.match((await browser.visit('GET', '/passkeys')).text, /href="\/sessions"/)
  })

  test('ends one at once, with its row in the login activity, and no other', async () => {
    const world = await newWorld()
    const [first, second, third] = await Promise.all([signIn(world), signIn(world), signIn(world)])
    const [own] = idsOn(await list(second))
    const ended = await first.visit('POST', '/sessions/end', { id: own ?? '' })
    assert.equal(ended.headers.get('location'), '/sessions')
    assert.deepEqual(await Promise.all([first, second, third].map(isIn)), [true, false, true])
    assert.equal((await second.visit('GET', '/sessions')).status, 401)
    assert.ok(!idsOn(await list(first)).includes(own ?? ''))
    assert.deepEqual(await logouts(world), [own])
    await first.visit('POST', '/sessions/end', { id: own ?? '' })
    assert.equal((await logouts(world)).length, 1, 'an end has one row, however often it is asked for')
  })

  test('ends fifty others at once, of whatever kind, also when asked twice at the same time', async () => {
    const world = await newWorld()
    const browser = await signIn(world)
    const other = await signIn(world)
    const tokens = await getTokens(app, world)
    for (let n = 0; n < 48; n++) await copySession(world)
    assert.equal(idsOn(await list(browser)).length, 51)
    const answers = await Promise.all([endOthers(browser), endOthers(browser)])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303],
    )
    assert.equal(idsOn(await list(browser)).length, 1)
    assert.equal(await isIn(other), false)
    assert.equal((await refresh(app, tokens)).status, 401)
    assert.equal(new Set(await logouts(world)).size, 50)
    assert.equal((await logouts(world)).length, 50)
    assert.equal(await isIn(browser), true)
  })

  test('logs this one out, and takes its cookie', async () => {
    const browser = await signIn(await newWorld())
    const credential = browser.cookies.get('imidToken') ?? ''
    const [own = ''] = idsOn(await list(browser))
    const left = await browser.visit('POST', '/sessions/end', { id: own })
    assert.match(left.text, /You are logged out/)
    assert.equal(browser.cookies.has('imidToken'), false)
    const stale = await app.get('/sessions', { cookie: `imidToken=${credential}` })
    assert.equal(stale.status, 401)
    assert.match(stale.text, /You are not logged in/)
  })

  test('knows nothing of other people, nor of the same person elsewhere', async () => {
    const world = await newWorld()
    const browser = await signIn(world)
    const stranger = await signIn(await newWorld())
    const elsewhere = await newWorld()
    await create(app, `/v1/users/${world.user.id}/memberships`, {
      tenantId: elsewhere.tenant.id,
      roleId: elsewhere.role.id,
    })
    const abroad = await signIn({ ...elsewhere, user: world.user })
    const others = [...idsOn(await list(stranger)), ...idsOn(await list(abroad))]
    assert.equal(others.length, 2)
    for (const id of [...others, '', "' or 1=1 --", '\0', crypto.randomUUID()]) {
      const missing = await browser.visit('POST', '/sessions/end', { id })
      assert.deepEqual([missing.status, missing.headers.get('location')], [303, '/sessions'])
    }
    await endOthers(browser)
    assert.deepEqual(await Promise.all([browser, stranger, abroad].map(isIn)), [true, true, true])
    assert.equal((await browser.visit('POST', '/sessions/end', { id: 'x'.repeat(1000) })).status, 400)
    assert.equal((await browser.visit('POST', '/sessions/end', {})).status, 400)
  })

  test('takes nothing from other sites, nor from a session that has ended somewhere else', async () => {
    const world = await newWorld()
    const [browser, other] = await Promise.all([signIn(world), signIn(world)])
    const [id = ''] = idsOn(await list(other))
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
      for (const path of ['/sessions/end', '/sessions/end-others'])
        assert.equal((await browser.visit('POST', path, { id }, { ...headers })).status, 403)
    assert.equal(await isIn(other), true)

    await app.rows('update sessions set ended_at = 1 where id = ?1', idsOn(await list(browser))[0] ?? '')
    assert.equal(await isIn(browser), true, 'the cache has not heard of it')
    assert.equal((await browser.visit('GET', '/sessions')).status, 401)
    assert.equal((await endOthers(browser)).status, 401)
    await browser.visit('POST', '/sessions/end', { id })
    assert.equal(await isIn(other), true)
  })
})

/** The sessions whose ends have a row. */
async function logouts({ user }: World) {
  const rows = await app.rows(
    "select session_id from login_activity where login_type = 'LOGOUT' and actor = ?",
    user.id,
  )
  return rows.map((row) => row['session_id'])
}

/** One more like one that is there, faster than a login. */
async function copySession({ user }: World): Promise<void> {
  await app.rows(
    `insert into sessions select ?1, user_id, tenant_id, client_id, method, generation, activity_id, opened_at, rotated_at,
      expires_at, null, null, null from sessions where user_id = ?2 and client_id is not null and ended_at is null limit 1`,
    crypto.randomUUID(),
    user.id,
  )
}
