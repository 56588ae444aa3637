import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { asJson, invalidParameter, seedActivity } from '../support/activity.ts'
import { type Answer, type App, startApp } from '../support/app.ts'
import { bearer, getTokens, makeWorld, type Tokens, type World } from '../support/world.ts'

type Active = Record<string, Record<string, { id: string; actor: string }[]>>

let app: App
let world: World
let tokens: Tokens
let ids: string[]

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  tokens = await getTokens(app, world)
  ids = await seedActivity(app, world.tenant.id, [
    { actor: 'user1', loginTime: '2024-03-22T00:00:00.000Z', loginType: 'ACCESS' },
    { actor: 'user1', loginTime: '2024-03-22T10:00:00.000Z', loginType: 'RELOGIN' },
    { actor: 'user2', loginTime: '2024-03-22T11:00:00.000Z', loginType: 'ACCESS' },
    { actor: 'user1', loginTime: '2024-03-22T12:00:00.000Z', loginType: 'ACCESS' },
    { actor: 'user1', loginTime: '2024-03-22T23:59:59.999Z', loginType: 'FAILED' },
    { actor: 'user1', loginTime: '2024-03-23T00:00:00.000Z', loginType: 'ACCESS' },
    { actor: 'user1', loginTime: '2024-04-22T09:00:00.000Z', loginType: 'LOGOUT' },
  ])
  const other = await makeWorld(app)
  await seedActivity(app, other.tenant.id, [{ actor: 'user9', loginTime: '2024-03-22T10:00:00Z', loginType: 'ACCESS' }])
})

const ALL = 'startDate=2024-03-01T00:00:00.596Z&endDate=2024-04-30T23:59:59.596Z'
const get = (path: string) => app.get<Active>(`/active-users/${path}`, bearer(tokens))

/** The numbers of the rows, where they stand. */
async function active(path: string): Promise<Record<string, Record<string, number[]>>> {
  const { status, body, text } = await get(path)
  assert.equal(status, 200, text)
  const numbers = (rows: { id: string }[]) => rows.map(({ id }) => ids.indexOf(id) + 1)
  return mapValues(body, (kinds) => mapValues(kinds, numbers))
}

const mapValues = <A, B>(from: Record<string, A>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(value)]))

describe('active users', () => {
  test('are the first of everybody in each day, by kind', async () => {
    assert.deepEqual(await active(`daily?${ALL}`), {
      '2024-03-22': { ACCESS: [1, 3], RELOGIN: [2] },
      '2024-03-23': { ACCESS: [6] },
      '2024-04-22': { LOGOUT: [7] },
    })
  })

  test('are the first of everybody in each month, by kind', async () => {
    assert.deepEqual(await active(`monthly?${ALL}`), {
      '03-2024': { ACCESS: [1, 3], RELOGIN: [2] },
      '04-2024': { LOGOUT: [7] },
    })
  })

  test('are those of the time asked for, its ends included', async () => {
    const between = 'startDate=2024-03-22T12:00:00%2B01:00&endDate=2024-03-23T00:00:00Z'
    assert.deepEqual(await active(`daily?${between}`), {
      '2024-03-22': { ACCESS: [3, 4] },
      '2024-03-23': { ACCESS: [6] },
    })
    const small = 'startDate=2024-03-22t11:00:00z&endDate=2024-03-23%2000:00:00-00:00'
    assert.deepEqual(await active(`daily?${small}`), await active(`daily?${between}`))
    assert.deepEqual(await active('daily?startDate=2024-05-01T00:00:00Z&endDate=2024-04-01T00:00:00Z'), {})
  })

  test('of lately are those of 30 days, or of 12 months', async () => {
    const today = app.now().toISOString().slice(0, 10)
    const [year, month] = today.split('-')
    const { body: daily } = await get('daily')
    assert.deepEqual(Object.keys(daily), [today])
    assert.equal(daily[today]?.['ACCESS']?.[0]?.actor, world.user.id)
    assert.deepEqual(Object.keys((await get('monthly')).body), [`${month}-${year}`])
  })

  test('may be chosen by id or by name', async () => {
    const chosen = (inclusion: boolean, userIdentity: string, userIdentifier: string[]) =>
      active(`monthly?${ALL}&filter=${asJson({ inclusion, userIdentity, userIdentifier })}`)
    assert.deepEqual(await chosen(true, 'actorId', ['user2']), { '03-2024': { ACCESS: [3] } })
    assert.deepEqual(await chosen(false, 'actorId', ['user1', 'nobody']), { '03-2024': { ACCESS: [3] } })
    assert.deepEqual(await chosen(true, 'actorId', []), {})
    assert.deepEqual(await chosen(true, 'userName', [world.user.username]), {})
    const named = asJson({
      inclusion: true,
      userIdentity: 'userName',
      userIdentifier: [world.user.username.toUpperCase()],
    })
    assert.equal(Object.keys((await get(`daily?filter=${named}`)).body).length, 1)
    const spelledOut = 'filter[inclusion]=true&filter[userIdentity]=actorId&filter[userIdentifier][0]=user2'
    assert.deepEqual(await active(`monthly?${ALL}&${spelledOut}`), { '03-2024': { ACCESS: [3] } })
  })

  test('need a range that is known, both dates or neither, and whole times', async () => {
    const details = invalidParameter(await get('weekly'), 'range', 'weekly')
    assert.deepEqual((details as { code: string }[])[0]?.code, 'enum')
    for (const wrong of ['2024-03-01', '2024-03-01T00:00Z', '2024-02-30T00:00:00Z', '2024-03-01T00:00:00', ''])
      assert.equal(
        invalidParameter(await get(`daily?endDate=2024-03-01T00:00:00Z&startDate=${wrong}`), 'startDate', wrong),
        undefined,
      )
    missingParameter(await get('daily?startDate=2024-03-01T00:00:00Z'), 'endDate')
    missingParameter(await get('daily?endDate=2024-03-01T00:00:00Z'), 'startDate')
    for (const wrong of [{ inclusion: true }, { inclusion: 1, userIdentity: 'x', userIdentifier: [] }, { or: [] }])
      invalidParameter(await get(`daily?filter=${asJson(wrong)}`), 'filter', wrong)
  })

  test('of a long list come complete', async () => {
    const long = await makeWorld(app)
    const theirs = bearer(await getTokens(app, long))
    const rows = Array.from({ length: 1201 }, (_, n) => ({
      actor: `u${n}`,
      loginTime: '2024-01-01T00:00:00Z',
      loginType: 'ACCESS',
    }))
    await seedActivity(app, long.tenant.id, rows)
    const { body } = await app.get<Active>(
      '/active-users/monthly?startDate=2024-01-01T00:00:00Z&endDate=2024-02-01T00:00:00Z',
      theirs,
    )
    assert.equal(new Set(body['01-2024']?.['ACCESS']?.map(({ actor }) => actor)).size, 1201)
  })
})

function missingParameter(answer: Answer<unknown>, name: string): void {
  assert.equal(answer.status, 400)
  const message = `Required parameter ${name} is missing!`
  const error = { statusCode: 400, name: 'BadRequestError', message, code: 'MISSING_REQUIRED_PARAMETER' }
  assert.deepEqual(answer.body, { error })
}
