/**
 * Whatever is sent to a route, by whomever: an answer in bounded time that is no failure of ours, in the words of its
 * family, with the headers that every answer has.
 */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { type Answer, freshAddress, startApp } from '../support/app.ts'
import { namedParts } from '../support/belongings.ts'
import { isErrorOf } from '../support/family-errors.ts'
import { type Ground, prepareGround } from '../support/fuzz-ground.ts'
import { carryOut, type Plan, planFor } from '../support/fuzz-requests.ts'
import { goodRequestOf } from '../support/good-requests.ts'
import { holds, SEED } from '../support/replay.ts'
import { listRoutes, type Route } from '../support/routes.ts'
import type { Sample } from '../support/samples.ts'
import { STORE } from '../support/service.ts'
import { SECRETS } from '../support/variables.ts'

const RUNS = STORE === 'libsql' ? 8 : 3
/** Generous, because everything else on the machine runs at the same time. */
const MOST_MS = 15_000
/** On the store that all tests share, what reads or seals all of it anew is asked without the right to. */
const WHOLE_SERVICE = /signing-keys|master-key/

/** What is of no use to anybody but us. */
const INTERNALS = /SQLITE_|D1_ERROR|LibsqlError|DrizzleQueryError|node_modules|\bat \S+ \(.*:\d+:\d+\)/

const routes = await listRoutes()
let ground: Ground
/** What any route reads from its query. */
let names: string[]

before(async () => {
  const app = await startApp()
  ground = await prepareGround(app)
  names = namesOfQueries((await app.get<Document>('/openapi.json')).body)
})

describe(`whatever is sent (seed ${SEED})`, () => {
  for (const route of routes)
    test(`to ${route.name}`, () =>
      holds(
        { file: 'whole/fuzz.test.ts', name: `to ${route.name}`, runs: RUNS },
        fc.asyncProperty(planFor(namedParts(route).length, names), (plan) => send(route, plan)),
      ))

  test('without end is refused by all that reads a body', async () => {
    const body = 'x'.repeat(2 * 1024 * 1024 + 1)
    for (const { name, method, path } of routes.filter(({ method }) => method !== 'GET' && method !== 'DELETE'))
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        const headers = { 'content-type': type, 'x-api-key': SECRETS.ADMIN_API_KEY }
        const { status } = await ground.app.fetch(path, { method, body, headers }, freshAddress())
        assert.equal(status, 413, name)
      }
  })

  test('leaves behind nothing that cannot be read', async () => {
    const plan: Plan = {
      credential: 'good',
      method: null,
      params: [],
      after: '',
      query: { changes: [], pairs: [], raw: '' },
      headers: [],
      body: { is: 'none' },
      contentType: null,
      spelling: {},
    }
    for (const route of routes.filter(({ method }) => method === 'GET'))
      for (const credential of ['good', 'operator'] as const) await send(route, { ...plan, credential })
  })
})

async function send(route: Route, plan: Plan): Promise<void> {
  const { app } = ground
  const method = plan.method ?? route.method
  const sample = goodRequestOf(route, ground.worldFor(route, method))
  const isGood = plan.credential === 'good' || plan.credential === 'operator'
  const { members = {}, headers: proof = {} } = isGood ? await ground.prove(route, method) : {}
  const target = { path: route.path, own: ground.ownIds(route, method, sample), sample: withMembers(sample, members) }
  const { address, headers, type, body } = carryOut(plan, target)
  const prove = Object.entries({ ...proof, ...credentialOf(route, plan, address) })
  for (const [name, value] of prove) if (!headers.has(name)) headers.set(name, value)
  if (type !== null && type !== undefined) headers.set('content-type', type)

  const bodiless = method === 'GET' || method === 'HEAD' || body === undefined
  const start = performance.now()
  const init = { method, headers, ...(!bodiless && { body: body as BodyInit }) }
  const response = await Promise.race([app.fetch(address, init, freshAddress()), sleep(MOST_MS)])
  const text = await response?.text()
  const asked = `${method} ${address.slice(0, 300)}`
  assert.ok(response && text !== undefined && performance.now() - start < MOST_MS, `${asked} takes too long`)
  if (isGood) ground.settle(route, method, response.status)
  if (response.status === 429) await app.rows('delete from throttles')
  judge(method, new URL(address, app.origin).pathname, response, text, asked)
}

function judge(method: string, path: string, { status, headers }: Response, text: string, asked: string): void {
  const said = `${asked}: ${status} ${text.slice(0, 500)}`
  assert.ok(status < 500, `${said}\n${ground.app.log().slice(-6).join('\n')}`)
  assert.doesNotMatch(text, INTERNALS, said)
  const isJson = /[/+]json/.test(headers.get('content-type') ?? '') && text !== ''
  const body = isJson ? JSON.parse(text) : undefined
  const answer: Answer<Record<string, unknown>> = { status, headers, body, text }
  if (status >= 400 && method !== 'HEAD') assert.ok(isErrorOf(path, answer), `not this family's error: ${said}`)
  assert.equal(headers.get('x-content-type-options'), 'nosniff', said)
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/, said)
  assert.match(headers.get('x-request-id') ?? '', /^[\w-]{8,}$/, said)
}

function credentialOf({ name, doors: [door] }: Route, { credential }: Plan, address: string): Record<string, string> {
  if (credential === 'none') return {}
  const shared = STORE === 'workerd' && WHOLE_SERVICE.test(name)
  if (credential === 'operator' && door === 'apiKey' && !shared) return { 'x-api-key': SECRETS.ADMIN_API_KEY }
  if (typeof credential === 'object')
    return { authorization: credential.text, 'x-api-key': credential.text, cookie: `imidToken=${credential.text}` }
  return door === 'hmac' ? ground.sign(address) : {}
}

interface Document {
  paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>>
}

function namesOfQueries({ paths }: Document): string[] {
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  const parameters = operations.flatMap(({ parameters = [] }) => parameters)
  return [...new Set(parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name))].sort()
}

/** The sample with what proves something put in the place of what only looks like it. */
function withMembers(sample: Sample, members: Record<string, string>): Sample {
  const swap = (part: object) =>
    Object.fromEntries(Object.entries(part).map(([key, old]) => [key, members[key] ?? old]))
  return Object.fromEntries(Object.entries(sample).map(([key, part]) => [key, swap(part)]))
}
