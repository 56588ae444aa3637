/** Walks every route that is registered: each says who may come in, and turns everybody else away. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type App, type Sent, startApp } from '../support/app.ts'
import { bodyFor, isErrorOf } from '../support/doors.ts'
import { fillPath, listRoutes, type Route } from '../support/routes.ts'
import { bearer, create, getCode, getTokens, makeWorld, type World } from '../support/world.ts'

const routes = await listRoutes()
const behind = (door: string) => routes.filter(({ doors }) => doors[0] === door)

/** Names of body members that prove something by being known. */
const SECRETS = /^(client_?secret|code|refresh_?token|token|otp)$/i
const BITS: Record<string, number> = { GET: 1, PATCH: 2, PUT: 2, DELETE: 4, POST: 8 }

let app: App
let world: World
/** What was good a second ago. */
let expired: { accessToken: string; refreshToken: string; code: string; apiKey: string }
/** By method: a key that may do everything but that. */
const lacking: Record<string, string> = {}

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  const lives = { accessTokenExpiration: 1, refreshTokenExpiration: 1, authCodeExpiration: 1 }
  const short = await makeWorld(app, { client: lives })
  const tokens = await getTokens(app, short)
  const code = await getCode(app, short)
  const expireDate = new Date(app.now().getTime() + 1000).toISOString()
  const apiKey = await makeKey({ permissions: 15, expireDate })
  expired = { ...tokens, code, apiKey }
  for (const [method, bit] of Object.entries(BITS)) lacking[method] = await makeKey({ permissions: 15 - bit })
  await sleep(2100)
})

describe('every route', () => {
  for (const { name, doors } of routes) test(`${name} says once who may come in`, () => assert.equal(doors.length, 1))
})

describe('behind the bearer door', () => {
  for (const route of behind('bearer'))
    test(`${route.name} refuses a missing, garbled, altered or expired token`, async () => {
      const { accessToken } = await getTokens(app, world)
      const altered = `${accessToken.slice(0, -2)}${accessToken.endsWith('A') ? 'B' : 'A'}A`
      const bad = ['Bearer', 'Bearer garbage', 'Basic YTpi', `Bearer ${altered}`, bearer(expired).authorization]
      await refuses(route, { body: bodyFor(route, world) })
      for (const authorization of bad) await refuses(route, { body: bodyFor(route, world), headers: { authorization } })
    })
})

describe('behind the API key door', () => {
  for (const route of behind('apiKey')) {
    test(`${route.name} refuses a missing, unknown or expired key before it looks at anything else`, async () => {
      await refuses(route, {})
      for (const key of ['garbage', `api_${'x'.repeat(32)}`, expired.apiKey])
        await refuses(route, { headers: { 'x-api-key': key } })
    })

    test(`${route.name} refuses a key without the permission of ${route.method}`, async () => {
      await refuses(route, { headers: { 'x-api-key': lacking[route.method] ?? '' } }, [403])
    })
  }
})

for (const door of ['client', 'possession'])
  describe(`behind the ${door} door`, () => {
    for (const route of behind(door)) {
      test(`${route.name} refuses a wrong or expired secret`, async () => {
        await refuses(route, { body: withSecrets(route, () => 'garbage') })
        await refuses(route, { body: withSecrets(route, (name) => expired[name as 'code'] ?? 'garbage') })
      })

      test(`${route.name} refuses a missing secret`, async () => {
        await refuses(route, { body: withSecrets(route, () => undefined) }, [400, 401, 422])
      })
    }
  })

async function refuses(route: Route, sent: Sent, statuses = [401]) {
  const answer: Answer = await app.request(route.method, fillPath(route.path), sent)
  const { status, text } = answer
  assert.ok(statuses.includes(status), `${JSON.stringify(sent.headers ?? {})}: ${status} ${text}`)
  assert.ok(isErrorOf(route.path, answer), `not this family's error: ${text}`)
}

/** The valid body with each of its secrets replaced. */
function withSecrets(route: Route, replace: (name: string) => string | undefined): object {
  const entries = Object.entries(bodyFor(route, world) ?? {})
  assert.ok(
    entries.some(([name]) => SECRETS.test(name)),
    `the body of ${route.name} proves nothing`,
  )
  return Object.fromEntries(entries.map(([name, value]) => [name, SECRETS.test(name) ? replace(name) : value]))
}

async function makeKey(wishes: object): Promise<string> {
  const { key } = await create<{ key: string }>(app, '/v1/api-keys', { name: 'door', ...wishes })
  return key
}
