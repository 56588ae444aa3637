import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { asJson, invalidParameter, listActivity, seedActivity } from '../support/activity.ts'
import { type App, startApp } from '../support/app.ts'
import { bearer, getTokens, makeWorld, type Tokens } from '../support/world.ts'

const day = (n: number) => `2024-03-0${n}T12:00:00.000Z`
const ROWS = [
  { actor: 'ann', loginTime: day(1), loginType: 'ACCESS', deviceInfo: 'Mozilla/5.0 (X11; Linux)' },
  { actor: 'ann', loginTime: day(2), loginType: 'RELOGIN', deviceInfo: 'mozilla/4.0' },
  { actor: 'bob', loginTime: day(3), loginType: 'ACCESS', deviceInfo: '100% curl_7' },
  { actor: 'bob', loginTime: day(4), loginType: 'LOGOUT', deviceInfo: '1000 curlx7' },
  { actor: 'cy', loginTime: day(5), loginType: 'ACCESS', deviceInfo: "O'Reilly*[1]?\\" },
] as const

let app: App
let tokens: Tokens
let ids: string[]

before(async () => {
  app = await startApp()
  const world = await makeWorld(app)
  tokens = await getTokens(app, world)
  ids = await seedActivity(app, world.tenant.id, [...ROWS])
})

/** The numbers of the rows that are found, in the order in which they come. Our own login came later than any. */
async function find(filter: object): Promise<number[]> {
  const where = { and: [{ loginTime: { lt: day(6) } }, (filter as { where?: object }).where ?? {}] }
  const { status, body, text } = await listActivity(app, tokens, { fields: ['id'], ...filter, where })
  assert.equal(status, 200, text)
  return body.map(({ id }) => ids.indexOf(id) + 1)
}

async function spelledOut(query: string): Promise<number[]> {
  const path = `/login-activity?filter[fields][0]=id&filter[where][loginTime][lt]=${day(6)}&${query}`
  const { status, body, text } = await app.get<{ id: string }[]>(path, bearer(tokens))
  assert.equal(status, 200, text)
  return body.map(({ id }) => ids.indexOf(id) + 1)
}

describe('the where of a filter', () => {
  const CASES: [where: object, found: number[]][] = [
    [{}, [1, 2, 3, 4, 5]],
    [{ actor: 'ann' }, [1, 2]],
    [{ actor: 'ann', loginType: 'ACCESS' }, [1]],
    [{ actor: { eq: 'bob' } }, [3, 4]],
    [{ actor: { neq: 'bob' } }, [1, 2, 5]],
    [{ actor: { gt: 'ann', lte: 'cy' } }, [3, 4, 5]],
    [{ loginTime: day(3) }, [3]],
    [{ loginTime: { gt: day(3) } }, [4, 5]],
    [{ loginTime: { gte: day(3) } }, [3, 4, 5]],
    [{ loginTime: { lt: '2024-03-02' } }, [1]],
    [{ loginTime: { lte: '2024-03-02T13:00:00+01:00' } }, [1, 2]],
    [{ loginTime: { lte: Date.parse(day(2)) } }, [1, 2]],
    [{ loginTime: { between: [day(2), day(4)] } }, [2, 3, 4]],
    [{ loginTime: { inq: [day(1), day(5)] } }, [1, 5]],
    [{ actor: { inq: ['ann', 'cy'] } }, [1, 2, 5]],
    [{ actor: { inq: [] } }, []],
    [{ actor: { nin: ['ann', 'cy'] } }, [3, 4]],
    [{ actor: { nin: [] } }, [1, 2, 3, 4, 5]],
    [{ actor: { exists: true } }, [1, 2, 3, 4, 5]],
    [{ actor: { exists: false } }, []],
    [{ actor: null }, []],
    [{ actor: { neq: null } }, [1, 2, 3, 4, 5]],
    [{ or: [{ actor: 'cy' }, { loginType: 'LOGOUT' }] }, [4, 5]],
    [{ or: [{ actor: 'ann' }, { actor: 'bob' }], loginType: 'ACCESS' }, [1, 3]],
    [{ and: [{ actor: 'ann' }, { or: [{ loginType: 'RELOGIN' }, { loginType: 'LOGOUT' }] }] }, [2]],
    [{ or: [] }, []],
    [{ and: [] }, [1, 2, 3, 4, 5]],
    [{ deviceInfo: "' or 1=1 --" }, []],
  ]
  for (const [where, found] of CASES)
    test(`${JSON.stringify(where)} finds ${found.join(', ') || 'nothing'}`, async () => {
      assert.deepEqual(await find({ where }), found)
    })

  test('takes 200 names at once', async () => {
    const inq = Array.from({ length: 200 }, (_, n) => `nobody ${n}`)
    assert.deepEqual(await find({ where: { actor: { inq: [...inq, 'cy'] } } }), [5])
    assert.deepEqual(await find({ where: { actor: { nin: [...inq, 'cy'] } } }), [1, 2, 3, 4])
  })
})

describe('a pattern', () => {
  const CASES: [operator: 'like' | 'ilike', pattern: string, found: number[]][] = [
    ['like', 'Mozilla%', [1]],
    ['ilike', 'MOZILLA%', [1, 2]],
    ['like', '%curl%', [3, 4]],
    ['like', '%Linux)', [1]],
    ['like', 'mozilla/4.0', [2]],
    ['like', '100%curl_7', [3, 4]],
    ['like', '100\\%%', [3]],
    ['like', '%curl\\_7', [3]],
    ['ilike', '%CURL\\_7', [3]],
    ['ilike', '1%C_RL%7', [3, 4]],
    ['like', '1%C_RL%7', []],
    ['like', "O'Reilly*[_]?\\\\", [5]],
    ['like', '%*[1]?%', [5]],
    ['like', '*', []],
    ['like', '%', [1, 2, 3, 4, 5]],
    ['like', '%a text without wildcards in the middle may be as long as anybody likes it to be%', []],
  ]
  for (const [operator, pattern, found] of CASES)
    test(`${operator} ${pattern} finds ${found.join(', ') || 'nothing'}, and its opposite the rest`, async () => {
      const rest = [1, 2, 3, 4, 5].filter((row) => !found.includes(row))
      const opposite = { like: 'nlike', ilike: 'nilike' }[operator]
      assert.deepEqual(await find({ where: { deviceInfo: { [operator]: pattern } } }), found)
      assert.deepEqual(await find({ where: { deviceInfo: { [opposite]: pattern } } }), rest)
    })
})

describe('order, limit and fields of a filter', () => {
  test('give a page', async () => {
    assert.deepEqual(await find({ order: 'loginTime DESC' }), [5, 4, 3, 2, 1])
    assert.deepEqual(await find({ order: ['loginType desc', 'id ASC'] }), [2, 4, 1, 3, 5])
    assert.deepEqual(await find({ order: 'actor' }), [1, 2, 3, 4, 5])
    assert.deepEqual(await find({ order: 'actor DESC' }), [5, 4, 3, 2, 1])
    assert.deepEqual(await find({ limit: 2, skip: 1 }), [2, 3])
    assert.deepEqual(await find({ limit: 2, offset: 3 }), [4, 5])
    assert.deepEqual(await find({ where: { id: { gt: ids[1] } }, order: 'id', limit: 2 }), [3, 4])
  })

  test('may be of no order, which is the order of time', async () => {
    for (const order of ['', []]) assert.deepEqual(await find({ order }), [1, 2, 3, 4, 5])
  })

  test('show and hide fields', async () => {
    const keys = async (fields: unknown) => Object.keys((await listActivity(app, tokens, { fields })).body[0] ?? {})
    assert.deepEqual(await keys(['actor', 'id']), ['id', 'actor'])
    assert.deepEqual(await keys({ actor: true, loginTime: false }), ['actor'])
    assert.deepEqual(await keys({ tokenPayload: false, ipAddress: false }), SHOWN)
    assert.deepEqual(await keys([]), await keys({}))
  })

  test('may be spelled out in the query', async () => {
    assert.deepEqual(await spelledOut('filter[limit]=2&filter[skip]=1'), [2, 3])
    assert.deepEqual(await spelledOut('filter[order]=loginTime%20DESC&filter%5Blimit%5D=1'), [5])
    assert.deepEqual(await spelledOut('filter[order][0]=actor%20DESC&filter[order][1]=id%20ASC'), [5, 3, 4, 1, 2])
    assert.deepEqual(await spelledOut('filter[where][actor]=bob'), [3, 4])
    assert.deepEqual(await spelledOut('filter[where][actor][inq][]=ann&filter[where][actor][inq][]=cy'), [1, 2, 5])
    assert.deepEqual(await spelledOut('filter[where][or][1][actor]=cy&filter[where][or][0][actor]=ann'), [1, 2, 5])
    assert.deepEqual(await spelledOut('filter[where][and][0][loginType][exists]=true'), [1, 2, 3, 4, 5])
  })

  test('have limits, and names that are known', async () => {
    const one = (path: string, code: string, message: string, info: object) => [{ path, code, message, info }]
    const details = async (filter: object) =>
      invalidParameter(await listActivity(app, tokens, filter), 'filter', filter)
    assert.deepEqual(
      await details({ limit: 1001 }),
      one('/limit', 'maximum', 'must be <= 1000', { comparison: '<=', limit: 1000 }),
    )
    assert.deepEqual(await details({ limit: 'all' }), one('/limit', 'type', 'must be integer', { type: 'integer' }))
    for (const where of [[], 'x', null])
      assert.deepEqual(await details({ where }), one('/where', 'type', 'must be object', { type: 'object' }))
    const extra = { additionalProperty: 'include' }
    assert.deepEqual(
      await details({ include: [] }),
      one('', 'additionalProperties', 'must NOT have additional properties', extra),
    )
    for (const wrong of [
      { limit: 0 },
      { skip: -1 },
      { order: 'tokenPayload' },
      { order: 'actor, id' },
      { fields: ['x'] },
    ])
      await details(wrong)
    for (const query of ['filter=[]', 'filter=5', 'filter="x"', 'filter={}&filter[limit]=1'])
      assert.equal(invalidParameter(await app.get(`/login-activity?${query}`, bearer(tokens)), 'filter'), undefined)
    const invalid = await app.get(`/login-activity?filter=${asJson({})}x`, bearer(tokens))
    assert.deepEqual(Object.keys(invalidParameter(invalid, 'filter', '{}x') as object), ['syntaxError'])
  })
})

const SHOWN = ['id', 'actor', 'tenantId', 'loginTime', 'loginType', 'deviceInfo']
