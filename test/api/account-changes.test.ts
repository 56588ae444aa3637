import assert from 'node:assert/strict'
import { before, beforeEach, describe, test } from 'node:test'
import {
  enter,
  failsWith,
  makeKey,
  NO_USER,
  SETTINGS,
  type Setting,
  type UserAnswer,
  withKey,
} from '../support/account.ts'
import { type App, startApp } from '../support/app.ts'
import { makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
let key: string
let headers: Record<string, string>

const GIVEN = {
  department: 'Engines',
  birthDate: '1815-12-10',
  rank: 3,
  customerId: 7,
  notes: 'first',
  settings: SETTINGS,
}

before(async () => {
  app = await startApp()
})

beforeEach(async () => {
  world = await makeWorld(app, { user: GIVEN })
  key = await makeKey(app, world)
  headers = await enter(app, key, world)
})

const get = async () => (await app.get<UserAnswer>('/v1/auth/user', headers)).body.user
const post = (user: unknown) => app.post<UserAnswer>('/v1/auth/user', { user }, headers)

async function change(user: object) {
  const { status, body, text } = await post(user)
  assert.equal(status, 200, text)
  return body.user
}

describe('a change of the user', () => {
  const WRITABLE = {
    title: 'Countess',
    firstName: 'Augusta',
    lastName: 'King',
    department: 'Analysis',
    birthDate: '1815-12-10T12:30:00.000Z',
    image: 'https://app.example/ada.png',
    address: 'St James’s Square 12',
    postalCode: 'SW1Y',
    region: 'London',
    city: 'London',
    country: 'England',
    countryCode: 'GB',
    mobile: '+44 20 0000',
    phoneNumber: '020 0000',
    lastDismissMessages: '2026-11-25T10:00:00.000Z',
  }

  test('writes what may be written, and answers it', async () => {
    const before = await get()
    const { updatedAt, ...after } = await change(WRITABLE)
    assert.deepEqual({ ...after, updatedAt: before['updatedAt'] }, { ...before, ...WRITABLE })
    assert.deepEqual(await get(), { ...after, updatedAt })
    const { body } = await app.admin.get(`/v1/users/${world.user.id}`)
    assert.deepEqual([body['firstName'], body['countryCode'], body['rank']], ['Augusta', 'GB', 3])
  })

  test('leaves alone what it does not name', async () => {
    await change(WRITABLE)
    const { title, city } = await change({ title: 'Lady' })
    assert.deepEqual([title, city], ['Lady', 'London'])
  })

  test('clears with null and with nothing', async () => {
    await change(WRITABLE)
    const blank = Object.fromEntries(Object.keys(WRITABLE).map((field, n) => [field, n % 2 ? '' : null]))
    const user = await change(blank)
    for (const field of Object.keys(WRITABLE)) assert.equal(user[field], /Date|Messages/.test(field) ? null : '', field)
  })

  test('takes back what it gave, edited', async () => {
    const user = await get()
    const again = await change({ ...user, city: 'Paris' })
    const { updatedAt: _, ...rest } = user
    assert.deepEqual({ ...again, updatedAt: undefined }, { ...rest, city: 'Paris', updatedAt: undefined })
    const { body } = await app.admin.get(`/v1/users/${world.user.id}`)
    assert.equal(body['birthDate'], '1815-12-10')
  })

  test('leaves alone what is not one’s own to write', async () => {
    const user = await get()
    const others = {
      id: 'x',
      userName: 'root',
      email: 'root@example.com',
      rank: 99,
      customerId: 99,
      notes: 'mine',
      roles: ['admin'],
      createdAt: 5,
      apiKeys: [{ id: 1, permissions: 15 }],
      status: 'active',
      clientIds: null,
      password: 'another password',
      more: { deep: true },
    }
    const { updatedAt: _, ...rest } = user
    assert.deepEqual({ ...(await change(others)), updatedAt: undefined }, { ...rest, updatedAt: undefined })
  })

  test('sets the values of settings that are not read-only, and are one’s own', async () => {
    const other = await makeWorld(app, { user: { settings: SETTINGS } })
    const otherKey = await makeKey(app, other)
    const otherHeaders = await enter(app, otherKey, other)
    const theirs = (await app.get<UserAnswer>('/v1/auth/user', otherHeaders)).body.user.settings
    const [rows, plan] = (await get()).settings
    const values = ({ settings }: { settings: Setting[] }) => settings.map(({ value }) => value)
    const given = [
      { ...rows, value: '50', readOnly: true, name: 'other' },
      { ...plan, value: 'gold', readOnly: false },
      { id: theirs[0]?.id, value: 'stolen' },
      { id: 999_999, value: 'x' },
      { value: 'nameless' },
    ]
    const changed = await change({ settings: given })
    assert.deepEqual(values(changed), ['50', 'basic'])
    assert.deepEqual(
      changed.settings.map(({ name }) => name),
      ['rows', 'plan'],
    )
    assert.deepEqual(values(await change({ settings: [{ id: rows?.id, value: null }] })), ['', 'basic'])
    assert.deepEqual(values(await change({ settings: [{ id: rows?.id }] })), ['', 'basic'])
    assert.deepEqual(values((await app.get<UserAnswer>('/v1/auth/user', otherHeaders)).body.user), ['20', 'basic'])
  })

  test('is refused whole when one value is wrong', async () => {
    const before = await get()
    const wrong: Record<string, unknown>[] = [
      { title: 5 },
      { title: 'x'.repeat(501) },
      { title: 'two\nlines' },
      { title: '\ud800' },
      { birthDate: 'yesterday' },
      { birthDate: '1815-02-30' },
      { lastDismissMessages: 1 },
      { image: 'http://app.example/ada.png' },
      { image: 'javascript:alert(1)' },
      { image: 'data:text/html;base64,AAAA' },
      { image: 'data:image/svg+xml;base64,AAAA' },
      { image: `data:image/png;base64,${'A'.repeat(64 * 1024)}` },
      { settings: 'x' },
      { settings: [5] },
      { settings: [{ id: before.settings[0]?.id, value: 5 }] },
    ]
    for (const one of wrong) failsWith(await post({ city: 'Nowhere', ...one }), 400, 7, NO_USER)
    assert.deepEqual(await get(), before)
  })

  test('takes an image of its own', async () => {
    const image = `data:image/png;base64,${'A'.repeat(60 * 1024)}`
    assert.equal((await change({ image }))['image'], image)
  })

  test('is audited as the person’s own', async () => {
    await change({ city: 'Paris' })
    const { body } = await app.admin.get<{ items: Record<string, unknown>[] }>(
      `/v1/audit?targetId=${world.user.id}&action=user.update`,
    )
    const [row] = body.items
    assert.deepEqual([row?.['actor'], row?.['tenantId']], [{ kind: 'user', id: world.user.id }, world.tenant.id])
  })

  test('needs the token of a session that stands', async () => {
    await app.post('/v1/auth/logout', {}, headers)
    failsWith(await post({ city: 'Paris' }), 401, 5, NO_USER)
    failsWith(await app.post('/v1/auth/user', { user: {} }, withKey(key)), 401, 5, NO_USER)
  })
})
