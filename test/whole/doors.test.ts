/** Walks every route that is registered: each says who may come in, and turns everybody else away. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { altered } from '../support/altered.ts'
import { type App, startApp } from '../support/app.ts'
import { isErrorOf } from '../support/family-errors.ts'
import { listRoutes, type Route } from '../support/routes.ts'
import { sampleOf, toRequest, withSecrets } from '../support/samples.ts'
import { headersV1 } from '../support/signatures.ts'
import { bearer, create, getCode, getTokens, makeWorld, type Tokens, type World } from '../support/world.ts'

const routes = await listRoutes()
const behind = (...some: string[]) => routes.filter(({ doors }) => some.includes(doors[0] ?? ''))

const TESTED = ['bearer', 'apiKey', 'tenantKey', 'member', 'hmac', 'client', 'possession', 'session']
/** The devices family says of a link that it is gone, the gateway of a token that it was not for this browser. */
const WRONG = [401, 403, 410]
const BITS: Record<string, number> = { GET: 1, PATCH: 2, PUT: 2, DELETE: 4, POST: 8 }

let app: App
let world: World
let other: World
let tenantKey: string
let good: Tokens
/** Of somebody in another tenant. */
let foreign: Tokens
/** What was good a second ago. */
let expired: { accessToken: string; refreshToken: string; code: string; apiKey: string }
/** By method: a key that may do everything but that. */
const lacking: Record<string, string> = {}

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  other = await makeWorld(app)
  good = await getTokens(app, world)
  foreign = await getTokens(app, other)
  tenantKey = await makeKey({ permissions: 15, tenantId: world.tenant.id })
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
  for (const { name, doors } of routes)
    test(`${name} says once who may come in`, () => {
      assert.equal(doors.length, 1)
      assert.ok(doors[0] === 'open' || TESTED.includes(doors[0] ?? ''), 'nobody here knocks at such a door')
    })
})

describe('behind the bearer door', () => {
  for (const route of behind('bearer'))
    test(`${route.name} refuses a missing, garbled, altered or expired token`, async () => {
      const sample = sampleOf(route, world)
      for (const authorization of [undefined, 'Bearer', 'Basic YTpi', ...badBearers(), bearer(expired).authorization])
        await refuses(route, { ...sample, headers: { authorization } })
    })
})

describe('behind the session door', () => {
  for (const route of behind('session'))
    test(`${route.name} refuses a missing, garbled, altered or expired session, however it is brought`, async () => {
      const sample = sampleOf(route, world)
      const tokens = [...badBearers(), bearer(expired).authorization]
      for (const authorization of [undefined, 'Bearer', 'Basic YTpi', ...tokens])
        await refuses(route, { ...sample, headers: { authorization } })
      for (const value of ['garbage', ...tokens.map((token) => token.replace('Bearer ', ''))]) {
        await refuses(route, { ...sample, headers: { 'x-imid-token': value } })
        await refuses(route, { ...sample, headers: { cookie: `imidToken=${value}` } })
      }
    })
})

describe('behind the API key doors', () => {
  for (const route of behind('apiKey', 'tenantKey', 'member'))
    test(`${route.name} refuses a missing, unknown or expired key before it looks at anything else`, async () => {
      for (const key of [undefined, 'garbage', `api_${'x'.repeat(32)}`, expired.apiKey])
        await refuses(route, { headers: { 'x-api-key': key } })
    })

  for (const route of behind('apiKey'))
    test(`${route.name} refuses a key without the permission of ${route.method}`, async () => {
      await refuses(route, { headers: { 'x-api-key': lacking[route.method] } }, [403])
    })

  for (const route of behind('tenantKey', 'member'))
    test(`${route.name} refuses a key of no tenant`, async () => {
      await refuses(route, { headers: { 'x-api-key': lacking['DELETE'], ...bearer(good) } }, [403])
    })

  for (const route of behind('member'))
    test(`${route.name} refuses a missing, garbled, altered or foreign token beside a good key`, async () => {
      for (const authorization of [undefined, ...badBearers(), bearer(foreign).authorization])
        await refuses(route, { headers: { 'x-api-key': tenantKey, authorization } })
    })
})

describe('behind the signature door', () => {
  for (const route of behind('hmac'))
    test(`${route.name} refuses a missing, wrong, foreign or old signature`, async () => {
      const sample = { params: { applicationId: world.client.clientId, userId: 'ada' } }
      const [path] = toRequest(route, sample)
      const signed = (by: World, changes = {}) => headersV1(app, by.client, path, changes)
      const old = String(Math.floor(app.now().getTime() / 1000) - 3600)
      const bad = [{}, signed(world, { secret: 'garbage' }), signed(other), signed(world, { timestamp: old })]
      for (const headers of [...bad, { 'Signature-Input': 'garbage', Signature: 'garbage' }])
        await refuses(route, { ...sample, headers })
    })
})

for (const door of ['client', 'possession'])
  describe(`behind the ${door} door`, () => {
    for (const route of behind(door)) {
      test(`${route.name} refuses a wrong or expired secret`, async () => {
        const once: Record<string, string> = expired
        for (const secret of [() => 'garbage', (name: string) => once[name] ?? 'garbage'])
          await refuses(route, withSecrets(sampleOf(route, world), secret), WRONG)
      })

      test(`${route.name} refuses a missing secret`, async () => {
        const without = withSecrets(sampleOf(route, world), () => undefined)
        await refuses(route, without, [...WRONG, 400, 422])
      })
    }
  })

const badBearers = () => {
  const { accessToken } = good
  return ['Bearer garbage', `Bearer ${altered(accessToken)}`]
}

async function refuses(route: Route, sample: Parameters<typeof toRequest>[1], statuses = [401]) {
  const [path, sent] = toRequest(route, sample)
  const answer = await app.request(route.method, path, sent)
  const { status, text } = answer
  assert.ok(statuses.includes(status), `${JSON.stringify(sent.headers)}: ${status} ${text}`)
  assert.ok(isErrorOf(route.path, answer), `not this family's error: ${text}`)
}

async function makeKey(wishes: object): Promise<string> {
  const { key } = await create<{ key: string }>(app, '/v1/api-keys', { name: 'door', ...wishes })
  return key
}
