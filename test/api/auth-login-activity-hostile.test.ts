import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { asJson, invalidParameter, listActivity } from '../support/activity.ts'
import { type App, startApp } from '../support/app.ts'
import { bearer, getTokens, makeWorld, type Tokens } from '../support/world.ts'

let app: App
let tokens: Tokens

before(async () => {
  app = await startApp()
  tokens = await getTokens(app, await makeWorld(app))
})

const SQL = "x'; drop table users; --"
const nested = (levels: number): object => (levels === 0 ? { actor: 'x' } : { and: [nested(levels - 1)] })
const many = (length: number) => Array.from({ length }, (_, n) => String(n))

describe('a hostile filter', () => {
  const REFUSED: Record<string, unknown> = {
    'an unknown operator': { where: { actor: { regexp: '.*' } } },
    'an inherited operator': { where: { actor: { toString: 'x' } } },
    'an unknown field': { where: { method: 'password' } },
    'an inherited field': { where: { constructor: 'x' } },
    'SQL for a field': { where: { [SQL]: 'x' } },
    'SQL for an operator': { where: { actor: { [SQL]: 'x' } } },
    'SQL for an order': { order: `actor ${SQL}` },
    'SQL for a direction': { order: 'actor DESC; drop table users' },
    'SQL for a limit': { limit: '1; drop table users' },
    'SQL for a field to show': { fields: [SQL] },
    'a comparison with what is sealed': { where: { tokenPayload: { like: '%' } } },
    'an order by what is sealed': { order: 'ipAddress DESC' },
    'objects for values': { where: { actor: { eq: { eq: 'x' } } } },
    'a list for a value': { where: { actor: ['x'] } },
    'an object for a list': { where: { actor: { inq: { 0: 'x' } } } },
    'null in a list': { where: { actor: { inq: [null] } } },
    'one bound of two': { where: { loginTime: { between: ['2024-01-01'] } } },
    'a time that is none': { where: { loginTime: '2024-02-30' } },
    'a time beyond all time': { where: { loginTime: 1e300 } },
    'a pattern for a time': { where: { loginTime: { like: '2024%' } } },
    'a pattern too long for D1': { where: { actor: { like: '%x%'.repeat(20) } } },
    'deep nesting': { where: nested(9) },
    'too many conditions': { where: { or: many(41).map((actor) => ({ actor })) } },
    'too long a list': { where: { actor: { inq: many(1001) } } },
    'a condition that is none': { where: { and: ['x'] } },
    'a where that is none': { where: 'x' },
  }
  for (const [what, filter] of Object.entries(REFUSED))
    test(`with ${what} is refused`, async () => {
      invalidParameter(await listActivity(app, tokens, filter as object), 'filter', filter)
    })

  const GARBLED: Record<string, string> = {
    'a prototype': 'filter={"__proto__":{"limit":1}}',
    'a prototype deep inside': 'filter={"where":{"__proto__":{"actor":"x"}}}',
    'a prototype spelled out': 'filter[__proto__][limit]=1',
    'no object': 'filter=[]',
    'two of them': 'filter={}&filter={}',
    'half a path': 'filter[where=x',
    'a value that is also an object': 'filter[limit]=1&filter[limit][x]=2',
    'ten thousand levels': `filter=${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    'a thousand levels spelled out': `filter${'[and]'.repeat(1000)}=x`,
  }
  for (const [what, query] of Object.entries(GARBLED))
    test(`with ${what} is refused`, async () => {
      invalidParameter(await app.get(`/login-activity?${query}`, bearer(tokens)), 'filter')
    })

  test('with SQL for values finds nothing, and harms nothing', async () => {
    for (const operator of ['eq', 'like', 'ilike', 'gt'])
      assert.equal((await listActivity(app, tokens, { where: { deviceInfo: { [operator]: SQL } } })).status, 200)
    const odd = { where: { actor: { inq: [SQL, '"', '\u0000', '\ud800', '%'] } } }
    assert.deepEqual((await listActivity(app, tokens, odd)).body, [])
    assert.equal((await app.get('/login-activity/count', bearer(tokens))).body['count'], 1)
  })

  test('takes no more time than it is worth', async () => {
    const start = performance.now()
    const most = { and: many(40).map(() => ({ deviceInfo: { like: '%a%b_%' } })) }
    assert.equal((await listActivity(app, tokens, { where: most })).status, 200)
    assert.equal((await listActivity(app, tokens, { where: nested(8) })).status, 200)
    assert.equal((await app.get(`/login-activity?filter=${asJson(most).repeat(3)}`, bearer(tokens))).status, 400)
    assert.ok(performance.now() - start < 1000)
  })
})
