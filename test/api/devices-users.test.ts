import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Manager, manager } from '../support/devices.ts'
import { type Application, ask } from '../support/signatures.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
let application: Manager

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  application = manager(app, world.client)
})

describe('adding users', () => {
  test('answers who is new and who was there, in the order given, each once', async () => {
    const first = await application.add(['u1', 'u2', 'u1'])
    assert.equal(first.status, 201, first.text)
    assert.deepEqual(first.body, { status: true, users: { created: ['u1', 'u2'], existing: [] } })
    const second = await application.add(['u3', 'u2', 'u3', 'u1'])
    assert.deepEqual(second.body, { status: true, users: { created: ['u3'], existing: ['u2', 'u1'] } })
    const third = await application.add(['u1'])
    assert.equal(third.status, 201)
    assert.deepEqual(third.body, { status: true, users: { created: [], existing: ['u1'] } })
  })

  test('makes members of the application’s tenant who may do nothing there and have no password', async () => {
    await application.add(['member'])
    const [{ id, username, default_tenant_id } = {}] = await application.coreUsers(['member'])
    assert.equal(default_tenant_id, world.tenant.id)
    assert.equal(username, `device:${application.clientId}:member`)
    const memberships = await app.rows(
      `select m.status, m.tenant_id, r.name, r.permissions
        from memberships m join roles r on r.id = role_id where user_id = ?1`,
      String(id),
    )
    const expected = { status: 1, tenant_id: world.tenant.id, name: 'member', permissions: '[]' }
    assert.deepEqual({ ...memberships[0] }, expected)
    assert.deepEqual(await app.rows('select * from passwords where user_id = ?1', String(id)), [])
  })

  test('gives the role that the tenant gives to sign-ups, and no membership without a tenant', async () => {
    const other = await makeWorld(app)
    await app.admin.patch(`/v1/tenants/${other.tenant.id}`, { signUp: { roleId: other.role.id } })
    assert.equal((await manager(app, other.client).add(['signed-up'])).status, 201)
    const ofClient = 'user_id in (select user_id from application_users where client_id = ?1)'
    const [membership] = await app.rows(`select role_id from memberships where ${ofClient}`, other.client.id)
    assert.equal(membership?.['role_id'], other.role.id)

    const homeless = await create<Application>(app, '/v1/clients', { name: 'Homeless' })
    assert.equal((await manager(app, homeless).add(['nobody'])).status, 201)
    assert.deepEqual(await app.rows(`select id from memberships where ${ofClient}`, homeless.id), [])
  })

  test('never finds a person, a user of another application, or a name that differs in case', async () => {
    const { username, email, id } = world.user
    const names = [username, email, id, username.toLowerCase(), username.toUpperCase()]
    const { body } = await application.add(names)
    assert.deepEqual(body, { status: true, users: { created: names, existing: [] } })
    const behind = await application.coreUsers(names)
    assert.equal(new Set([id, ...behind.map((row) => row['id'])]).size, names.length + 1)

    const other = manager(app, (await makeWorld(app)).client)
    assert.deepEqual((await other.add(['u1'])).body.users, { created: ['u1'], existing: [] })
    await other.remove(['u1', 'u2'])
    assert.equal((await application.hasDevice('u2')).status, 200)
  })

  test('takes a thousand at once', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => `bulk-${n}-${'x'.repeat(100)}`)
    const { body } = await application.add(many)
    assert.deepEqual(body, { status: true, users: { created: many, existing: [] } })
    assert.equal((await application.coreUsers(many)).length, 1000)
    assert.deepEqual((await application.remove(many)).body, { status: true })
    assert.equal((await application.coreUsers(many)).length, 0)
  })

  test('takes a thousand of the longest, however their characters are written', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => `${n}`.padEnd(128, '-').replaceAll('-', '👍'))
    assert.deepEqual((await application.add(many)).body.users.created, many)
    const escaped = JSON.stringify({ users: many }).replaceAll('👍', '\\ud83d\\udc4d')
    const { status, text } = await ask(app, application, 'POST', `/delete_users/${application.clientId}`, escaped)
    assert.deepEqual([status, text], [200, '{"status":true}'])
    assert.equal((await application.coreUsers(many)).length, 0)
  })

  test('makes one user of one name that is added 50 times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => application.add(['raced', 'raced too'])))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(answers.flatMap(({ body }) => body.users.created).length, 2)
    assert.equal((await application.coreUsers(['raced', 'raced too'])).length, 2)
    const nameless = `auth_provider = 'devices' and id not in (select user_id from application_users)`
    assert.deepEqual(await app.rows(`select id from users where ${nameless}`), [])
  })
})

describe('deleting users', () => {
  test('is done also for names that are not there', async () => {
    await application.add(['gone'])
    for (const users of [['gone', 'never was', 'gone'], ['gone']]) {
      const { status, body } = await application.remove(users)
      assert.equal(status, 200)
      assert.deepEqual(body, { status: true })
    }
    assert.equal((await application.hasDevice('gone')).status, 404)
    assert.deepEqual((await application.add(['gone'])).body.users, { created: ['gone'], existing: [] })
  })

  test('is audited like adding, one row for each user, as done by the application', async () => {
    await application.add(['audited'])
    const [user] = await application.coreUsers(['audited'])
    await application.remove(['audited'])
    const { body } = await app.admin.get<{ items: { action: string; actor: object }[] }>(
      `/v1/audit?targetId=${user?.['id']}`,
    )
    const actor = { kind: 'client', id: application.id }
    assert.deepEqual(
      body.items.map((item) => ({ action: item.action, actor: item.actor })),
      [
        { action: 'user.delete', actor },
        { action: 'user.create', actor },
      ],
    )
  })
})
