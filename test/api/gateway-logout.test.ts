import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, type App, startApp } from '../support/app.ts'
import { type Browser, browserOf, logInAtGateway, SERVICE } from '../support/gateway.ts'
import { ORIGIN } from '../support/variables.ts'
import { bearer, getTokens, makeWorld, type World } from '../support/world.ts'

const BASE = '/imsg-service/v1'
const OUT = { msg: 'You are logged out' }
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const SERVICE_ORIGIN = new URL(SERVICE).origin

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
  // Its origin is known to us, but not to the other organisation.
  await makeWorld(app, { tenant: { callbackUrls: ['https://other.example'] } })
})

async function comeIn(): Promise<Browser> {
  const browser = browserOf(app)
  await logInAtGateway(browser, world)
  return browser
}

const leave = (browser: Browser, headers: Record<string, string> = {}, callback?: string) =>
  browser.visit('POST', `${BASE}/logout${callback ? `?${new URLSearchParams({ callback })}` : ''}`, undefined, headers)

/** Whether the session that the browser had stands, whatever became of its cookie. */
async function stands(credential: string): Promise<boolean> {
  return (await app.get(`${BASE}/token-is-set`, { 'x-imid-token': credential })).status === 200
}

describe('logging out', () => {
  test('ends the session, here and in the store, and clears the cookie', async () => {
    const browser = await comeIn()
    const credential = browser.cookies.get('imidToken') ?? ''
    assert.equal(await stands(credential), true)
    const { status, body, headers } = await leave(browser)
    assert.deepEqual([status, body], [200, OUT])
    assert.match(headers.get('set-cookie') ?? '', /^imidToken=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    assert.equal(browser.cookies.has('imidToken'), false)
    assert.equal(await stands(credential), false)
    const [row] = await app.rows(
      'select ended_at, end_reason from sessions where id = ?',
      credential.split('.')[0] ?? '',
    )
    assert.equal(row?.['end_reason'], 'logout')
  })

  test('leaves an activity row', async () => {
    const browser = await comeIn()
    const [sessionId = ''] = (browser.cookies.get('imidToken') ?? '').split('.')
    await leave(browser)
    const rows = await app.rows('select login_type from login_activity where actor = ? order by rowid', world.user.id)
    assert.ok(sessionId && rows.some((row) => row['login_type'] === 'LOGOUT'))
  })

  test('is done already where there is no session, wherever the callback leads', async () => {
    for (const callback of [undefined, SERVICE, 'https://evil.example'])
      assert.deepEqual(toldOf(await leave(browserOf(app), HTML, callback)), [200, OUT])
    const garbage = browserOf(app)
    garbage.cookies.set('imidToken', 'garbage')
    assert.deepEqual(toldOf(await leave(garbage, HTML, 'https://evil.example')), [200, OUT])
  })

  test('leads a page to a callback of the organisation, and tells a program', async () => {
    const page = await leave(await comeIn(), HTML, `${SERVICE}/bye`)
    assert.deepEqual([page.status, page.headers.get('location')], [303, `${SERVICE}/bye`])
    const program = await leave(await comeIn(), { accept: 'application/json' }, SERVICE)
    assert.deepEqual(toldOf(program), [200, OUT])
    assert.deepEqual(toldOf(await leave(await comeIn(), {}, SERVICE)), [200, OUT])
  })

  test('refuses a callback of others, and the session has ended all the same', async () => {
    for (const callback of ['https://evil.example', 'https://other.example/', 'javascript:alert(1)']) {
      const browser = await comeIn()
      const credential = browser.cookies.get('imidToken') ?? ''
      const answer = await leave(browser, HTML, callback)
      assert.deepEqual(toldOf(answer), [400, 'errors.api.BadRequestError'])
      assert.equal(answer.headers.get('location'), null)
      assert.equal(await stands(credential), false)
      assert.equal(browser.cookies.has('imidToken'), false)
    }
  })

  test('ends the session even where it is told two ways on', async () => {
    const browser = await comeIn()
    const credential = browser.cookies.get('imidToken') ?? ''
    const answer = await browser.visit('POST', `${BASE}/logout?callback=${SERVICE}&callback=${SERVICE}`)
    assert.deepEqual(toldOf(answer), [400, 'errors.api.BadRequestError'])
    assert.equal(await stands(credential), false)
  })

  test('ends the session of an access token, too', async () => {
    const tokens = await getTokens(app, world)
    assert.equal((await app.request('POST', `${BASE}/logout`, { headers: bearer(tokens) })).status, 200)
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
  })
})

const SAME = { 'sec-fetch-site': 'same-origin' }

/** Which pages may change something, and which of them may read the answer. */
const PAGES: [from: string, headers: Record<string, string>, passes: boolean, reads: string | null][] = [
  ['our own page', { ...SAME, origin: ORIGIN }, true, null],
  ['our own page in an old browser', { origin: ORIGIN }, true, null],
  ['the address bar', { 'sec-fetch-site': 'none' }, true, null],
  ['no browser', {}, true, null],
  ['a page of the organisation', { 'sec-fetch-site': 'cross-site', origin: SERVICE_ORIGIN }, true, SERVICE_ORIGIN],
  ['the same in an old browser', { origin: SERVICE_ORIGIN }, true, SERVICE_ORIGIN],
  ['another page of our site', { 'sec-fetch-site': 'same-site', origin: 'https://x.example' }, false, null],
  ['a page of another organisation', { 'sec-fetch-site': 'cross-site', origin: 'https://other.example' }, false, null],
  ['a page of nobody', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false, null],
  ['a page that hides its origin', { 'sec-fetch-site': 'cross-site', origin: 'null' }, false, null],
  ['a page that says nothing but that it is another', { 'sec-fetch-site': 'cross-site' }, false, null],
  ['a page whose origin begins alike', { origin: `${SERVICE_ORIGIN}.evil.example` }, false, null],
  ['a page of the organisation without encryption', { origin: SERVICE_ORIGIN.replace('https', 'http') }, false, null],
]

for (const path of ['/logout', '/unit'])
  describe(`${path} asked by`, () => {
    for (const [from, headers, passes, reads] of PAGES)
      test(`${from} ${passes ? 'is heard' : 'is refused'}`, async () => {
        const browser = await comeIn()
        const credential = browser.cookies.get('imidToken') ?? ''
        const cookie = `imidToken=${credential}`
        const body = path === '/unit' ? { unit: 'nowhere' } : undefined
        const answer = await app.request<unknown>('POST', `${BASE}${path}`, { headers: { cookie, ...headers }, body })
        const hears = path === '/unit' ? 403 : 200
        assert.equal(answer.status, passes ? hears : 403, answer.text)
        assert.equal(answer.headers.get('access-control-allow-origin'), reads)
        if (path === '/logout') assert.equal(await stands(credential), !passes)
        if (!reads) return
        assert.equal(answer.headers.get('access-control-allow-credentials'), 'true')
        assert.match(answer.headers.get('vary') ?? '', /origin/i)
      })
  })

describe('/logout without a session asked by', () => {
  for (const [from, headers, ofTheSession] of PAGES) {
    const heard = ofTheSession || headers['origin'] === 'https://other.example'
    test(`${from} ${heard ? 'is heard' : 'takes no cookie away'}`, async () => {
      const answer = await app.request<unknown>('POST', `${BASE}/logout`, { headers })
      assert.equal(answer.status, heard ? 200 : 403, answer.text)
      assert.equal(answer.headers.has('set-cookie'), heard)
    })
  }
})

describe('a preflight', () => {
  const preflight = (origin: string, path = '/unit') =>
    app.request('OPTIONS', `${BASE}${path}`, {
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    })

  test('lets the pages of organisations send and read with credentials', async () => {
    const { status, headers } = await preflight(SERVICE_ORIGIN)
    assert.equal(status, 204)
    assert.equal(headers.get('access-control-allow-origin'), SERVICE_ORIGIN)
    assert.equal(headers.get('access-control-allow-credentials'), 'true')
    assert.match(headers.get('access-control-allow-headers') ?? '', /content-type/)
  })

  test('knows an organisation as soon as it is there', async () => {
    const origin = 'https://just-made.example'
    const readable = async () => (await preflight(origin)).headers.get('access-control-allow-origin')
    assert.equal(await readable(), null)
    await makeWorld(app, { tenant: { callbackUrls: [origin] } })
    assert.equal(await readable(), origin)
  })

  test('tells nobody else anything', async () => {
    for (const origin of ['https://evil.example', 'null', `${SERVICE_ORIGIN}.evil.example`]) {
      const { headers } = await preflight(origin)
      assert.equal(headers.get('access-control-allow-origin'), null)
    }
  })
})

describe('/health', () => {
  test('shows the checksum of what the gateway decides by', async () => {
    const { status, body, headers } = await app.get(`${BASE}/health`)
    assert.equal(status, 200)
    assert.equal(body['inGrace'], false)
    assert.match(String(body['stateChecksum']), /^[\w-]{43}$/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(Object.keys(body).sort(), ['inGrace', 'stateChecksum'])
  })
})

const toldOf = ({ status, body }: Answer<unknown>) => [status, body]
