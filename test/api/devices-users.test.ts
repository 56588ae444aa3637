import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Application, ask } from '../support/signatures.ts'
import { makeWorld, type World } from '../support/world.ts'

let app: App
let world: World
let application: Application

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  application = world.client
})

const add = (users: unknown) =>
  ask(app, application, 'POST', `/management/add_users/${application.clientId}`, { users })
const remove = (users: unknown) =>
  ask(app, application, 'POST', `/management/delete_users/${application.clientId}`, { users })
const has = (user: string) =>
  ask(app, application, 'GET', `/has_registered_mobile_device/${application.clientId}/${encodeURIComponent(user)}`)

describe('adding users', () => {
  test('answers who is new and who was there, in the order given, each once', async () => {
    const first = await add(['u1', 'u2', 'u1'])
    assert.equal(first.status, 201, first.text)
    assert.deepEqual(first.body, { status: true, users: { created: ['u1', 'u2'], existing: [] } })
    const second = await add(['u3', 'u2', 'u3', 'u1'])
    assert.deepEqual(second.body, { status: true, users: { created: ['u3'], existing: ['u2', 'u1'] } })
    const third = await add(['u1'])
    assert.equal(third.status, 201)
    assert.deepEqual(third.body, { status: true, users: { created: [], existing: ['u1'] } })
  })
})
