import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { altered } from '../support/altered.ts'
import { type App, startApp } from '../support/app.ts'
import { type Manager, manager } from '../support/devices.ts'
import { makeDevice, type NativeDevice } from '../support/native-device.ts'
import { bearer, makeWorld, type Tokens, type World } from '../support/world.ts'

let app: App
let world: World
let application: Manager
let clientId: string

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
  application = manager(app, world.client)
  clientId = world.client.clientId
})

let users = 0
async function newDevice(): Promise<{ user: string; device: NativeDevice }> {
  const user = `login-${++users}`
  await application.add([user])
  const device = await makeDevice(app)
  assert.equal((await device.register(await application.link(user))).status, 201)
  return { user, device }
}

const exchange = (code: string) => app.post<Tokens>('/auth/token', { code, clientId })

async function getTokens(device: NativeDevice): Promise<Tokens> {
  const { status, body, text } = await device.logIn(clientId)
  assert.equal(status, 200, text)
  return (await exchange(body.code)).body
}

async function refuses(answer: Promise<{ status: number; body: unknown }>) {
  const { status, body } = await answer
  assert.equal(status, 401)
  assert.deepEqual(body, { status: false, reason: 'invalid_credentials' })
}

describe('a native device', () => {
  test('logs its user in by signing a challenge, and is seen in the login activity', async () => {
    const { user, device } = await newDevice()
    const tokens = await getTokens(device)
    const { body } = await app.get<Record<string, string>>('/auth/me', bearer(tokens))
    const [core] = await application.coreUsers([user])
    assert.equal(body['id'], core?.['id'])
    assert.equal(body['username'], `device:${clientId}:${user}`)
    assert.equal(body['tenantId'], world.tenant.id)
    const activity = await app.rows(
      'select login_type, method from login_activity where actor = ?1',
      String(core?.['id']),
    )
    assert.deepEqual({ ...activity[0] }, { login_type: 'ACCESS', method: 'device' })
  })

  test('has a minute for a challenge, and one answer', async () => {
    const { device } = await newDevice()
    const { body } = await app.post<{ expiresIn: number }>('/devices/challenge', { deviceId: device.id })
    assert.equal(body.expiresIn, 60)
    const challenge = await device.challenge()
    const signature = await device.sign(challenge)
    const answers = await Promise.all(Array.from({ length: 20 }, () => device.answer(clientId, challenge, signature)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.equal(answers.filter(({ status }) => status === 401).length, 19)
    await refuses(device.answer(clientId, challenge, signature))
  })

  test('that nobody knows gets a challenge of the same kind', async () => {
    const { device } = await newDevice()
    const stranger = await makeDevice(app)
    const shape = (challenge: string) => challenge.replace(/[\w-]+/g, (part) => String(part.length))
    const [known, unknown] = [await device.challenge(), await stranger.challenge('nobody')]
    assert.equal(shape(unknown), shape(known))
    await refuses(stranger.answer(clientId, unknown, await stranger.sign(unknown), 'nobody'))
  })

  test('is refused with another’s challenge, key or signature, or one of its own making', async () => {
    const { device } = await newDevice()
    const { device: other } = await newDevice()
    const challenge = await device.challenge()
    const good = await device.sign(challenge)
    await refuses(other.answer(clientId, challenge, await other.sign(challenge)))
    await refuses(device.answer(clientId, challenge, await other.sign(challenge)))
    await refuses(device.answer(clientId, challenge, await device.sign(`${challenge}x`)))
    for (const signature of ['', 'x', 'A'.repeat(86), good.slice(1), `${good}A`, good.replace(/.$/, '=')])
      await refuses(device.answer(clientId, challenge, signature))
    const [end, random, mac] = challenge.split('.')
    const later = (Number.parseInt(end ?? '', 36) + 60_000).toString(36)
    for (const made of ['', 'x', `${later}.${random}.${mac}`, altered(challenge)])
      await refuses(device.answer(clientId, made, await device.sign(made)))
    assert.equal((await device.answer(clientId, challenge, good)).status, 200)
  })

  test('leaves a failed login behind when the signature is wrong', async () => {
    const { user, device } = await newDevice()
    await refuses(device.answer(clientId, await device.challenge(), 'A'.repeat(86)))
    const [core] = await application.coreUsers([user])
    const rows = await app.rows('select login_type, method from login_activity where actor = ?1', String(core?.['id']))
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [{ login_type: 'FAILED', method: 'device' }],
    )
  })

  test('cannot fill the login activity: from one address 50 wrong signatures are enough', async () => {
    const { device } = await newDevice()
    const wrong = async () => {
      const body = { deviceId: device.id, challenge: await device.challenge(), signature: 'A'.repeat(86), clientId }
      return app.request('POST', '/devices/answer', { body, from: '203.0.113.77' })
    }
    const statuses = []
    for (let attempt = 0; attempt < 52; attempt++) statuses.push((await wrong()).status)
    assert.deepEqual(statuses.slice(48), [401, 401, 429, 429])
  })

  test('is refused for a client that is unknown or disabled, or a body that is none', async () => {
    const { device } = await newDevice()
    await refuses(device.logIn('unknown'))
    const closed = await makeWorld(app, { client: { status: 'disabled' } })
    await refuses(device.logIn(closed.client.clientId))
    for (const body of ['{', {}, { deviceId: 5 }, { deviceId: 'x'.repeat(65) }, [], 'null']) {
      const answer = await app.post<{ status: boolean }>('/devices/challenge', body)
      assert.deepEqual([answer.status, answer.body.status], [400, false])
    }
  })
})

describe('a device that is lost', () => {
  test('stops at once: device, sessions, and codes that were not exchanged yet', async () => {
    const { user, device } = await newDevice()
    const tokens = await getTokens(device)
    const { body } = await device.logIn(clientId)
    const challenge = await device.challenge()
    const link = await application.lost(user)

    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
    const refreshed = await app.post('/auth/token-refresh', { refreshToken: tokens.refreshToken }, bearer(tokens))
    assert.equal(refreshed.status, 401)
    assert.equal((await exchange(body.code)).status, 401)
    await refuses(device.answer(clientId, challenge, await device.sign(challenge)))
    assert.equal((await application.hasDevice(user)).body['device_registered'], false)

    const next = await makeDevice(app)
    assert.equal((await next.register(link)).status, 201)
    assert.equal((await next.logIn(clientId)).status, 200)
    await refuses(device.logIn(clientId))
  })

  test('leads to no session, however the report and logins cross', async () => {
    const { user, device } = await newDevice()
    const logins = Array.from({ length: 10 }, async () => {
      const { body } = await device.logIn(clientId)
      return body.code ? exchange(body.code) : undefined
    })
    await application.lost(user)
    for (const answer of await Promise.all(logins))
      if (answer?.status === 200) assert.equal((await app.get('/auth/me', bearer(answer.body))).status, 401)
    const [core] = await application.coreUsers([user])
    const standing = await app.rows(
      'select id from sessions where user_id = ?1 and ended_at is null',
      String(core?.['id']),
    )
    assert.deepEqual(standing, [])
  })

  test('stops too when its user is deleted', async () => {
    const { user, device } = await newDevice()
    const tokens = await getTokens(device)
    await application.remove([user])
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
    await refuses(device.logIn(clientId))
  })
})
