import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { browserOf, comeIn, logInAtGateway } from '../support/gateway.ts'
import type { World } from '../support/world.ts'

const BASE = '/imsg-service/v1'
const MISSING = [401, 'errors.auth.MissingToken']
const FORBIDDEN = [403, 'errors.auth.Forbidden']
const BAD = [400, 'errors.api.BadRequestError']

let app: App

before(async () => {
  app = await startApp()
})

const told = ({ status, body }: { status: number; body: unknown }) => [status, body]
const membershipOf = ({ user, membership }: World) => `/v1/users/${user.id}/memberships/${membership.id}`

describe('the preferred unit', () => {
  test('is null until it is set, then that of the session, and that of the person for new sessions', async () => {
    const { ask, world } = await comeIn(app)
    assert.deepEqual(told(await ask('GET', '/units')), [200, { units: ['news', 'sport'], preferred: null }])
    assert.deepEqual(told(await ask('POST', '/unit', {}, { unit: 'sport' })), [200, { msg: 'Unit set' }])
    assert.deepEqual(told(await ask('GET', '/units')), [200, { units: ['news', 'sport'], preferred: 'sport' }])

    const later = browserOf(app)
    await logInAtGateway(later, world)
    const units = async () => (await later.visit('GET', `${BASE}/units`)).body['preferred']
    assert.equal(await units(), 'sport')
    await app.post(`${BASE}/unit`, { unit: 'news' }, { 'x-imid-token': later.cookies.get('imidToken') ?? '' })
    assert.equal(await units(), 'news')
    const { body } = await ask('GET', '/units')
    assert.equal((body as { preferred: string }).preferred, 'sport')
  })

  test('is one of the person', async () => {
    const { ask } = await comeIn(app)
    for (const unit of ['weather', 'nowhere', 'NEWS'])
      assert.deepEqual(told(await ask('POST', '/unit', {}, { unit })), FORBIDDEN)
    assert.equal(((await ask('GET', '/units')).body as { preferred: null }).preferred, null)
  })

  test('is a text in a JSON body', async () => {
    const { ask } = await comeIn(app)
    for (const body of [{}, { unit: '' }, { unit: 1 }, { unit: ['news'] }, { unit: null }, '{', '"news"', '[]', 'null'])
      assert.deepEqual(told(await ask('POST', '/unit', {}, body)), BAD, JSON.stringify(body))
    const form = await ask('POST', '/unit', { 'content-type': 'application/x-www-form-urlencoded' }, 'unit=news')
    assert.deepEqual(told(form), BAD)
    for (const body of [{ unit: 'news' }, { unit: 1 }, '{'])
      assert.deepEqual(told(await app.post<unknown>(`${BASE}/unit`, body)), MISSING)
  })

  test('is forgotten with the unit', async () => {
    const strict = await startStrict()
    const { ask, world } = await comeIn(strict)
    await ask('POST', '/unit', {}, { unit: 'sport' })
    await strict.admin.patch(membershipOf(world), { units: ['news'] })
    assert.deepEqual(told(await ask('GET', '/units')), [200, { units: ['news'], preferred: null }])
  })
})

let strictApp: Promise<App> | undefined
/** Reads SQL every time, so that on workerd the ageing of rows is seen at once. */
const startStrict = () => (strictApp ??= startApp({ SESSION_READS: 'strict' }))
