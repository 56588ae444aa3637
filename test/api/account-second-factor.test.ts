import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { failsWith, type LoginAnswer, logIn, makeKey, NO_TOKEN } from '../support/account.ts'
import { type Answer, type App, startApp } from '../support/app.ts'
import { codeAt, scan } from '../support/authenticator-app.ts'
import { getCode, makeWorld, type World } from '../support/world.ts'

let app: App

before(async () => {
  app = await startApp()
})

async function makeCareful() {
  const world = await makeWorld(app, { tenant: { secondFactor: 'required' } })
  return { world, key: await makeKey(app, world) }
}

function isDue({ status, body, text }: Answer<LoginAnswer>): void {
  assert.equal(status, 200, text)
  assert.deepEqual(body, { success: false, code: 2, message: 'Second factor required', ...NO_TOKEN })
}

const sent = async ({ user }: World, atLeast = 1) => (await app.outbox(user.email, atLeast))[0]?.code ?? ''
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000')

describe('a login with an API key, where a second factor is required,', () => {
  test('is completed by the same login with the code that was sent', async () => {
    const { world, key } = await makeCareful()
    isDue(await logIn(app, key, world))
    const { body } = await logIn(app, key, world, { otp: await sent(world) })
    assert.equal(body.success, true)
    assert.deepEqual(decodeJwt(body.token)['amr'], ['pwd', 'otp', 'mfa'])
  })

  test('takes each code once, also of five at once', async () => {
    const { world, key } = await makeCareful()
    isDue(await logIn(app, key, world))
    const otp = await sent(world)
    const answers = await Promise.all(Array.from({ length: 5 }, () => logIn(app, key, world, { otp })))
    assert.equal(answers.filter(({ body }) => body.success).length, 1)
    isDue(await logIn(app, key, world, { otp }))
  })

  test('asks for the password before it looks at the code', async () => {
    const { world, key } = await makeCareful()
    isDue(await logIn(app, key, world))
    const otp = await sent(world)
    const { body } = await logIn(app, key, world, { otp, password: 'wrong password' })
    assert.equal(body.code, 1)
    assert.equal((await logIn(app, key, world, { otp })).body.code, 0)
  })

  test('takes the newest code, for five minutes, in this tenant only', async () => {
    const { world, key } = await makeCareful()
    isDue(await logIn(app, key, world))
    const old = await sent(world)
    isDue(await logIn(app, key, world))
    const fresh = await sent(world, 2)
    if (old !== fresh) isDue(await logIn(app, key, world, { otp: old }))
    const { clientId } = world.client
    const elsewhere = await app.post('/auth/verify-otp', { key: world.user.username, otp: fresh, clientId })
    assert.equal(elsewhere.status, 401)
    await app.wait(301)
    isDue(await logIn(app, key, world, { otp: fresh }))
  })

  test('does not take the code of another login', async () => {
    const { world, key } = await makeCareful()
    await getCode(app, world)
    isDue(await logIn(app, key, world, { otp: await sent(world) }))
  })

  test('refuses the sixth wrong code', async () => {
    const { world, key } = await makeCareful()
    isDue(await logIn(app, key, world))
    const otp = await sent(world)
    for (let n = 0; n < 5; n++) isDue(await logIn(app, key, world, { otp: otherThan(otp) }))
    failsWith(await logIn(app, key, world, { otp }), 429, 3, NO_TOKEN)
  })

  test('takes the authenticator app’s code, each once, and sends none then', async () => {
    const world = await makeWorld(app, { tenant: { secondFactor: 'optional' } })
    const key = await makeKey(app, world)
    const { clientId } = world.client
    const enrolment = { code: await getCode(app, world), clientId }
    const { body } = await app.post<{ qrCode: string }>('/auth/create-qr-code', enrolment)
    const uri = scan(body.qrCode)
    const pending = codeAt(uri, app.now())
    assert.equal((await logIn(app, key, world, { otp: pending })).body.success, true, 'no factor is due yet')
    const confirm = { key: world.user.username, otp: codeAt(uri, app.now()), clientId }
    assert.equal((await app.post('/auth/verify-otp', confirm)).status, 200)
    isDue(await logIn(app, key, world))
    assert.deepEqual(await app.outbox(world.user.email, 0), [])
    const next = codeAt(uri, new Date(app.now().getTime() + 30_000))
    assert.equal((await logIn(app, key, world, { otp: next })).body.success, true)
    isDue(await logIn(app, key, world, { otp: next }))
  })
})
