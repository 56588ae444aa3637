/** People: their profile, settings and first password. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { bearer, create, credentialsOf, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

interface Setting {
  id: number
  name: string
}

interface User {
  id: string
  username: string
  settings: Setting[]
  [member: string]: unknown
}

let made = 0
const newName = () => `somebody.${process.pid}.${made++}`
const userPath = ({ user }: World = world) => `/v1/users/${user.id}`

const UNKNOWN_PROFILE = Object.fromEntries(
  'title department birthDate image address postalCode region city country countryCode mobile phoneNumber notes rank customerId'
    .split(' ')
    .map((field) => [field, null]),
)

describe('a person', () => {
  test('needs a username; what is not known is null', async () => {
    const username = newName()
    const { status, body, headers } = await app.admin.post<User>('/v1/users', { username })
    assert.equal(status, 201)
    assert.equal(headers.get('location'), `/v1/users/${body.id}`)
    const { id, createdAt, updatedAt, ...rest } = body
    assert.deepEqual(rest, {
      username,
      email: null,
      emailVerified: false,
      phone: null,
      firstName: null,
      lastName: null,
      locale: null,
      authProvider: 'internal',
      clientIds: null,
      defaultTenantId: null,
      status: 'active',
      secondFactorRequired: false,
      lastLoginAt: null,
      ...UNKNOWN_PROFILE,
      settings: [],
    })
    assert.deepEqual((await app.admin.get(`/v1/users/${id}`)).body, body)
  })

  test('has the username for itself, in whatever case', async () => {
    const username = newName()
    const make = (name: string) => app.admin.post('/v1/users', { username: name })
    const answers = await Promise.all([make(username), make(username.toUpperCase())])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409])
    refused(await app.admin.patch(userPath(), { username: username.toUpperCase() }), 409)
  })

  test('keeps what is not given when changed, and forgets what is set to null', async () => {
    const profile = { title: 'Dr', birthDate: '1815-12-10', rank: 3, image: 'https://img.example/ada.png' }
    await app.admin.patch(userPath(), { ...profile, phone: '+4612345' })
    const { status, body } = await app.admin.patch<User>(userPath(), { title: null, rank: 4, lastName: 'Byron' })
    assert.equal(status, 200)
    const { title, birthDate, rank, image, phone, firstName, lastName } = body
    assert.deepEqual(
      { title, birthDate, rank, image, phone, firstName, lastName },
      { ...profile, title: null, rank: 4, phone: '+4612345', firstName: 'Ada', lastName: 'Byron' },
    )
  })

  test('with another address has to verify it again', async () => {
    await app.admin.patch(userPath(), { emailVerified: true })
    const changed = await app.admin.patch(userPath(), { email: 'other@example.com' })
    assert.equal(changed.body['emailVerified'], false)
    const vouched = await app.admin.patch(userPath(), { email: 'third@example.com', emailVerified: true })
    assert.equal(vouched.body['emailVerified'], true)
  })

  test('is refused with what cannot be, and each field is named', async () => {
    const bad = {
      username: ' ada ',
      email: 'not an address',
      phone: '012-345',
      locale: 'not a locale',
      status: 'asleep',
      birthDate: '1815-13-10',
      image: 'data:image/svg+xml;base64,PHN2Zy8+',
      rank: '3',
      password: 'not by a PATCH',
    }
    refusedFields(await app.admin.patch(userPath(), bad), ...Object.keys(bad))
    refusedFields(await app.admin.patch(userPath(), { defaultTenantId: 'nothing' }), 'defaultTenantId')
    refusedFields(await app.admin.post('/v1/users', { email: 'ada@example.com' }), 'username')
  })

  test('that is removed is gone, with sessions and login activity; the audit rows stay', async () => {
    const gone = await makeWorld(app)
    const tokens = await getTokens(app, gone)
    for (const _ of ['once', 'again']) assert.equal((await app.admin.delete(userPath(gone))).status, 204)
    refused(await app.admin.get(userPath(gone)), 404)
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
    assert.deepEqual(await app.rows('select id from login_activity where actor = ?', gone.user.id), [])
    const { body } = await app.admin.get<{ items: { action: string }[] }>(`/v1/audit?targetId=${gone.user.id}`)
    assert.deepEqual(
      body.items.map(({ action }) => action),
      ['user.delete', 'user.create'],
    )
  })
})

describe('settings', () => {
  const theme = { category: 'ui', group: 'look', name: 'theme', value: 'dark' }
  const size = { category: 'ui', group: 'look', name: 'size', readOnly: true }
  const change = (settings: unknown) => app.admin.patch<User>(userPath(), { settings })

  test('are replaced as a list, and keep their ids while they are listed', async () => {
    const { settings } = (await change([theme, size])).body
    const [first, second] = settings
    assert.ok(first && second)
    const standard = { type: 'string', description: '', value: '', readOnly: false }
    assert.deepEqual(settings, [
      { ...standard, ...theme, id: first.id },
      { ...standard, ...size, id: second.id },
    ])
    const renamed = await change([{ ...size, id: first.id, name: 'width' }, size])
    assert.deepEqual(
      renamed.body.settings.map(({ id, name }) => [id, name]),
      [
        [first.id, 'width'],
        [second.id, 'size'],
      ],
    )
    assert.equal((await app.admin.patch<User>(userPath(), { title: 'Dr' })).body.settings.length, 2)
    assert.deepEqual((await change([])).body.settings, [])
  })

  test('are refused twice of one name, or with the id of none', async () => {
    refusedFields(await change([theme, theme]), 'settings.1')
    refusedFields(await change([{ ...theme, id: 1_000_000 }]), 'settings.0.id')
    refusedFields(
      await change([{ name: 'theme', more: 1 }]),
      'settings.0.category',
      'settings.0.group',
      'settings.0.more',
    )
  })
})

describe('a first password', () => {
  const make = (more: object) => app.admin.post('/v1/users', { username: newName(), ...more })

  test('is refused when it is short, long, common, or the name itself', async () => {
    for (const password of ['seven77', 'ä'.repeat(129), 'password1', 'QWERTYUIOP', `bad\u0000password`])
      refusedFields(await make({ password }), 'password')
    refusedFields(await make({ username: 'Somebody.else', password: 'somebody.ELSE' }), 'password')
    refusedFields(await make({ email: 'ada@example.com', password: 'Ada@example.com' }), 'password')
  })

  test('may come as a hash that this service can check, but not beside a password', async () => {
    const passwordHash = '$2b$04$9gJTz1q8zd9WpVmM8TGhXe1a7Qk0M8nZqB7z6jTnq1cUe2oVQ3sLS'
    assert.equal((await make({ passwordHash })).status, 201)
    refusedFields(await make({ passwordHash, password: 'a good one of mine' }), 'passwordHash')
    const tooCostly =
      '$argon2id$v=19$m=1048576,t=4,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    for (const hash of ['plain', '$1$md5$xxxx', passwordHash.replace('$04$', '$31$'), tooCostly])
      refusedFields(await make({ passwordHash: hash }), 'passwordHash')
  })

  test('lets the person in; without one there is no way in', async () => {
    assert.equal((await app.post('/auth/login', credentialsOf(world))).status, 200)
    const { username } = await create<User>(app, '/v1/users', { username: newName() })
    for (const password of ['', 'null', 'a good one of mine'])
      assert.equal((await app.post('/auth/login', { ...credentialsOf(world), username, password })).status, 401)
  })
})
