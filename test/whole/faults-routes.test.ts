/**
 * The store is lost at any point of any request: the answer is that it may be tried again, when, and in the words of the
 * family; or, where all that was asked for had been done by then, the answer itself. Then all is as before.
 */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { LIBSQL_ONLY } from '../support/app.ts'
import { freshAddress } from '../support/ask.ts'
import { namedParts } from '../support/belongings.ts'
import { isErrorOf } from '../support/family-errors.ts'
import { type Faulty, startFaulty } from '../support/faults.ts'
import { type Ground, prepareGround } from '../support/fuzz-ground.ts'
import { goodRequestOf } from '../support/good-requests.ts'
import { listRoutes, type Route } from '../support/routes.ts'
import { type Sample, toRequest } from '../support/samples.ts'
import { SECRETS } from '../support/variables.ts'

/** More than any request of a person makes. */
const MOST_TRIPS = 12
/** It has a snapshot or it has not, and says so itself; see gateway-grace.test.ts. */
const OWN_WORDS = 'GET /imsg-service/v1/health'

const routes = await listRoutes()

describe('whenever the store is lost', LIBSQL_ONLY, () => {
  let faulty: Faulty
  let ground: Ground
  before(async () => {
    faulty = await startFaulty()
    ground = await prepareGround(faulty.app)
  })

  for (const route of routes.filter(({ name }) => name !== OWN_WORDS))
    test(route.name, async () => {
      let lostAt = 0
      while (lostAt < MOST_TRIPS && (await isLostAt(route, lostAt))) lostAt++
    })

  test('a person reads that on a page, in their language', async () => {
    const { app, store } = faulty
    const headers = { accept: 'text/html', 'accept-language': 'sv' }
    store.fail('before')
    const pages = ['/login?flow=x', '/sign-up?token=x', '/reset-password?token=x', '/register-device?token=x']
    const answers = await Promise.all(pages.map((page) => app.get(page, headers))).finally(store.recover)
    for (const answer of answers) {
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5'])
      assert.match(answer.text, /<html lang="sv">.*svarar inte just nu/s)
    }
  })

  /** Whether the request came to the trip that failed. */
  async function isLostAt(route: Route, trip: number): Promise<boolean> {
    const { app, store } = faulty
    await app.rows('delete from throttles')
    const [address, init] = await requestTo(route)
    const logged = app.log().length
    store.fail('before', trip)
    const response = await app.fetch(address, init, freshAddress()).finally(store.recover)
    const isLost = store.trips() > trip
    ground.settle(route, route.method, isLost ? 200 : response.status)
    if (!isLost) return false
    // What is begun behind the answer has no other answer than this.
    const line = app.log().slice(logged).join('\n')
    assert.match(line, /The connection is lost/, 'nobody is told')
    if (response.status !== 503) assert.ok(response.status < 500, await response.text())
    else await judge(new URL(address, app.origin).pathname, response)
    return true
  }

  async function requestTo(route: Route): Promise<[address: string, init: RequestInit]> {
    const sample = goodRequestOf(route, ground.worldFor(route, route.method))
    const { members = {}, headers: proof = {} } = await ground.prove(route, route.method)
    const own = ground.ownIds(route, route.method, sample)
    const params = Object.fromEntries(namedParts(route).map(({ name }, n) => [name, own[n] ?? '']))
    const [path, sent] = toRequest(route, { ...withMembers(sample, members), params })
    const headers = new Headers({ ...proof, ...sent.headers })
    const [door] = route.doors
    if (door === 'apiKey') headers.set('x-api-key', SECRETS.ADMIN_API_KEY)
    if (door === 'hmac') for (const [name, value] of Object.entries(ground.sign(path))) headers.set(name, value)
    const isForm = sent.body instanceof URLSearchParams
    if (sent.body !== undefined && !isForm) headers.set('content-type', 'application/json')
    const body = isForm ? sent.body : sent.body && JSON.stringify(sent.body)
    return [path, { method: route.method, headers, ...(body !== undefined && { body: body as BodyInit }) }]
  }
})

async function judge(path: string, response: Response): Promise<void> {
  const text = await response.text()
  const { status, headers } = response
  assert.ok(Number(headers.get('retry-after')) > 0)
  const isJson = /[/+]json/.test(headers.get('content-type') ?? '')
  const body = isJson ? JSON.parse(text) : undefined
  assert.ok(isErrorOf(path, { status, headers, body, text }), text.slice(0, 300))
}

const withMembers = (sample: Sample, members: Record<string, string>): Sample =>
  Object.fromEntries(
    Object.entries(sample).map(([key, part]) => [
      key,
      Object.fromEntries(Object.entries(part as object).map(([name, old]) => [name, members[name] ?? old])),
    ]),
  )
