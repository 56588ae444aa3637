import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { altered } from '../support/altered.ts'
import { type App, startApp } from '../support/app.ts'
import { type Manager, manager, pathOf } from '../support/devices.ts'
import { makeDevice } from '../support/native-device.ts'
import { ask } from '../support/signatures.ts'
import { makeWorld } from '../support/world.ts'

let app: App
let application: Manager

before(async () => {
  app = await startApp()
  application = manager(app, (await makeWorld(app)).client)
})

let users = 0
async function newUser(): Promise<string> {
  const user = `user-${++users}`
  assert.equal((await application.add([user])).status, 201)
  return user
}

const hasDevice = async (user: string) => (await application.hasDevice(user)).body['device_registered']
const GONE = { status: false, reason: 'Registration link is invalid or expired' }

async function refusesLink(link: string) {
  const { status, body } = await (await makeDevice(app)).register(link)
  assert.equal(status, 410)
  assert.deepEqual(body, GONE)
}

describe('a registration link', () => {
  test('registers one device for its user', async () => {
    const user = await newUser()
    assert.equal(await hasDevice(user), false)
    const device = await makeDevice(app)
    const { status, body } = await device.register(await application.link(user))
    assert.equal(status, 201)
    assert.deepEqual(body, { status: true, device: { id: device.id, status: 'active' } })
    assert.equal(await hasDevice(user), true)
    assert.equal(await hasDevice(await newUser()), false)
  })

  test('used 50 times at once registers one device', async () => {
    const user = await newUser()
    const link = await application.link(user)
    const devices = await Promise.all(Array.from({ length: 50 }, () => makeDevice(app)))
    const answers = await Promise.all(devices.map((device) => device.register(link)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array.from({ length: 49 }, () => 410)])
    const [{ id } = {}] = await application.coreUsers([user])
    assert.equal((await app.rows('select id from devices where user_id = ?1', String(id))).length, 1)
  })

  test('works once', async () => {
    const link = await application.link(await newUser())
    await (await makeDevice(app)).register(link)
    await refusesLink(link)
  })

  test('is voided by a newer one, by a loss, and by the deletion of its user', async () => {
    const user = await newUser()
    const first = await application.link(user)
    const second = await application.link(user)
    await refusesLink(first)
    const third = await application.lost(user)
    await refusesLink(second)
    await application.remove([user])
    await refusesLink(third)
    await refusesLink('/register-device?token=unknown')
    await refusesLink('/register-device')
  })

  test('expires after a day', async () => {
    const world = await makeWorld(app)
    const other = manager(app, world.client)
    await other.add(['late', 'early'])
    const [late, early] = [await other.link('late'), await other.link('early')]
    await app.wait(23 * 3600)
    assert.equal((await (await makeDevice(app)).register(early)).status, 201)
    await app.wait(3601)
    await refusesLink(late)
  })

  test('of a disabled application registers nothing', async () => {
    const world = await makeWorld(app)
    const other = manager(app, world.client)
    await other.add(['u'])
    const link = await other.link('u')
    await app.admin.patch(`/v1/clients/${world.client.id}`, { status: 'disabled' })
    await refusesLink(link)
    await app.admin.patch(`/v1/clients/${world.client.id}`, { status: 'active' })
    assert.equal((await (await makeDevice(app)).register(link)).status, 201)
  })

  test('is not spent by looking at its page', async () => {
    const link = await application.link(await newUser())
    for (let look = 0; look < 3; look++) {
      const page = await app.get(link)
      assert.equal(page.status, 200)
      assert.match(page.text, /Register this device/)
    }
    assert.equal((await (await makeDevice(app)).register(link)).status, 201)
    const page = await app.get(link)
    assert.equal(page.status, 410)
    assert.match(page.text, /no longer works/)
  })

  test('shows the display name on its page as text, and nothing of it is markup', async () => {
    const user = await newUser()
    const name = `<script>alert(1)</script> "o'clock" & ünïcode`
    const target = `/device_registration_link/${application.clientId}/${user}?display_name=${encodeURIComponent(name)}`
    const { body } = await ask<{ register_url: string; status: boolean }>(app, application, 'GET', target)
    assert.equal(body.status, true)
    const { text, headers } = await app.get(pathOf(body.register_url))
    assert.ok(!text.includes('<script>alert'))
    assert.match(text, /&lt;script&gt;alert\(1\)&lt;\/script&gt;.*&amp; ünïcode/)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*script-src 'self'/)
    const long = `/device_registration_link/${application.clientId}/${user}?display_name=${'x'.repeat(201)}`
    const refused = await ask(app, application, 'GET', long)
    assert.deepEqual([refused.status, refused.body['status']], [200, false])
  })

  test('is of no use to a second device while the first is active', async () => {
    const user = await newUser()
    await (await makeDevice(app)).register(await application.link(user))
    const link = await application.link(user)
    const { status, body } = await (await makeDevice(app)).register(link)
    assert.equal(status, 409)
    assert.deepEqual(body, { status: false, reason: 'User already has a registered mobile device' })
    await refusesLink((await application.lost(user)) && link)
  })

  test('is not spent by a bad key or body', async () => {
    const link = await application.link(await newUser())
    const device = await makeDevice(app)
    const flipped = altered(device.jwk.x ?? '')
    const bad = [
      { publicKey: { ...device.jwk, x: flipped } },
      { publicKey: { ...device.jwk, crv: 'P-384' } },
      { publicKey: { ...device.jwk, kty: 'RSA' } },
      { publicKey: { ...device.jwk, y: undefined } },
      { publicKey: { ...device.jwk, y: 'short' } },
      { publicKey: 'key' },
      { publicKey: undefined },
      { platform: undefined },
      { name: 'a\u0000b' },
      { name: 5 },
      { pushToken: 'x'.repeat(5000) },
    ]
    for (const changes of bad) {
      const { status, body } = await device.register(link, changes)
      assert.deepEqual([status, body.status], [400, false], JSON.stringify(changes))
    }
    for (const body of ['{', '[]', 'null', '"x"', '{"passkey":{}}']) {
      const answer = await app.post<{ status: boolean }>(link, body)
      assert.deepEqual([answer.status, answer.body.status], [400, false], body)
    }
    assert.equal((await device.register(link)).status, 201)
  })

  test('hands its push token over to be kept sealed', async () => {
    const device = await makeDevice(app)
    await device.register(await application.link(await newUser()))
    const [row] = await app.rows('select push_token from devices where id = ?1', device.id)
    assert.match(String(row?.['push_token']), /^[\w-]+\.[\w-]+\.[\w-]+$/)
    assert.ok(!String(row?.['push_token']).includes('push'))
  })
})

describe('a link for somebody who is not there', () => {
  test('is refused by name', async () => {
    for (const operation of ['device_registration_link', 'lost_user_mobile_device', 'has_registered_mobile_device']) {
      const target = `/management/${operation}/${application.clientId}/nobody`
      const { status, body } = await ask(app, application, 'GET', target)
      assert.equal(status, 404)
      const reason = `Client Application ${application.clientId} or User nobody not found.`
      assert.deepEqual(body, { status: false, reason })
    }
  })
})
