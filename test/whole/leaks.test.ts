/**
 * Every route, asked by one tenant about another: what belongs to the other is exactly as good as what was never there,
 * nothing of it comes out, and nothing of it is changed.
 */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { ELSEWHERE, SAME_FOR_ALL, TRACES } from '../support/foreign-references.ts'
import { mixedRequest, type Request, requestAbout } from '../support/foreign-requests.ts'
import { listRoutes, type Route } from '../support/routes.ts'
import { STORE } from '../support/service.ts'
import { rowsAbout } from '../support/tenant-rows.ts'
import { marksOf, type Names, nobodys, type Party, settle } from '../support/two-tenants.ts'

const routes = await listRoutes()
/** What ends the asker's own sessions comes last. */
const ENDS = /logout$|end-others$/

let app: App
let mine: Party
let theirs: Party
let nobody: Names
let stored: string[]

before(async () => {
  app = await startApp()
  mine = await settle(app)
  theirs = await settle(app)
  nobody = nobodys(theirs)
  stored = await rowsOfTheirs()
})

describe('asked by one tenant about another', () => {
  for (const route of routes.filter(({ name }) => !ENDS.test(name))) ask(route)

  test('all of it with credentials that were good to the end', async () => {
    const { apiKey, bearer, member, session } = mine.credentials
    assert.equal((await app.get('/v1/roles', apiKey)).status, 200)
    assert.equal((await app.get('/auth/me', bearer)).status, 200)
    assert.equal((await app.get('/v1/auth/user', member)).status, 200)
    assert.equal((await app.get('/imsg-service/v1/token-is-set', session)).status, 200)
  })

  for (const route of routes.filter(({ name }) => ENDS.test(name))) ask(route)

  // On libSQL after each; workerd is slow to ask behind its back.
  test('changes nothing of it', () => untouched(true))
})

function ask(route: Route): void {
  test(`${route.name} answers as about nobody`, async () => {
    const same = SAME_FOR_ALL.find(({ which }) => which.test(route.name))
    const about = (named: Names) => requestAbout(route, named, mine)
    assert.ok(same || ELSEWHERE[route.name] || mentions(about(theirs)), 'nothing of the other tenant is in it')
    if (same?.tells) await tellsNothing(route, about(theirs))
    else await alike(route, about(theirs), about(nobody))
    for (const refer of ELSEWHERE[route.name] ?? []) {
      const own = (named: Names) => requestAbout(route, mine, mine, refer(named, mine))
      await alike(route, own(theirs), own(nobody))
    }
    const mixed = mixedRequest(route, theirs, mine)
    if (mixed) await alike(route, mixed, mixedRequest(route, nobody, mine) ?? mixed)
    if (STORE === 'libsql') await untouched(TRACES.includes(route.name))
  })
}

const mentions = (request: Request) =>
  [...marksOf(theirs), `/${theirs.ids['api-keys']}`].some((mark) => written(request).includes(mark))
const rowsOfTheirs = () => rowsAbout(app, [...Object.values(theirs.world).map(({ id }) => id), ...idsOf(theirs)])
const idsOf = ({ ids }: Party) => Object.values(ids).filter((id) => id.length > 8)

async function alike(route: Route, aboutTheirs: Request, aboutNobodys: Request): Promise<void> {
  const told = await tellsNothing(route, aboutTheirs)
  const toldOfNobody = await answerTo(route, aboutNobodys)
  assert.equal(neutral(told, theirs), neutral(toldOfNobody, nobody))
}

/** The answer, in which nothing may be of the other tenant but what was asked with. */
async function tellsNothing(route: Route, request: Request): Promise<string> {
  const told = await answerTo(route, request)
  const leaks = marksOf(theirs).filter((mark) => told.includes(mark) && !written(request).includes(mark))
  assert.deepEqual(leaks, [], told.slice(0, 500))
  return told
}

/** All of a request, as it is and as it was meant. */
function written([path, { headers, body }]: Request): string {
  const fields = body instanceof URLSearchParams ? Object.fromEntries(body) : body
  return JSON.stringify([path, Object.fromEntries(new URL(path, app.origin).searchParams), headers, fields])
}

/** Ids, tokens and what is signed or sealed; times. */
const RANDOM =
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(\w{8}\.)?(?<![\w-])(?=[\w-]*[A-Z\d])[\w-]{16,}|__Host-[\w-]+|\d{4}-\d\d-\d\dT[\d:.]+Z/g

const OF_EVERY_ANSWER = ['content-length', 'date', 'x-request-id']

async function answerTo({ method }: Route, [path, sent]: Request): Promise<string> {
  const { status, headers, text } = await app.request(method, path, sent)
  const told = [...headers].filter(([name]) => !OF_EVERY_ANSWER.includes(name))
  return JSON.stringify([status, told, text])
}

/** Without names, and without what is random or the time in every answer. */
function neutral(told: string, named: Names): string {
  return marksOf(named)
    .reduce((text, mark, index) => text.replaceAll(mark, `<${index}>`), told)
    .replace(/nonce(=\\"|-)[^"'\\]+/g, 'nonce')
    .replace(RANDOM, '<random>')
}

const without = (rows: string[], others: string[]) => rows.filter((row) => !others.includes(row))

/** `leavesSecrets`: one-time secrets may have come. */
async function untouched(leavesSecrets: boolean): Promise<void> {
  const now = await rowsOfTheirs()
  const changes = [...without(stored, now), ...without(now, stored)]
  const meant = leavesSecrets ? changes.filter((row) => row.startsWith('one_time_secrets ')) : []
  stored = now
  assert.deepEqual(without(changes, meant), [])
}
