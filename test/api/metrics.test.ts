/** Statistics: each login is one data point, of its method, its result and its tenant, and of nobody. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as account from '../support/account.ts'
import { type App, startApp } from '../support/app.ts'
import { codeAt, scan } from '../support/authenticator-app.ts'
import { manager } from '../support/devices.ts'
import { logInThrough, makeConnectedWorld, openSignUp, tokensFor } from '../support/federation.ts'
import { comeIn, SERVICE } from '../support/gateway.ts'
import { openHosted } from '../support/hosted-login.ts'
import { type Idp, startIdp } from '../support/idp.ts'
import { assertCounted, metricsOf } from '../support/metrics.ts'
import { makeDevice } from '../support/native-device.ts'
import { oneTimeCodes } from '../support/one-time-codes.ts'
import { makePasskey } from '../support/passkey.ts'
import * as passkey from '../support/passkey-owner.ts'
import { makeKey, startSamlProvider } from '../support/saml-idp.ts'
import { logInAt, makeSamlWorld, newPerson } from '../support/saml-idp-world.ts'
import { credentialsOf, getCode, getTokens, makeWorld, refresh, type World } from '../support/world.ts'

let app: App
let idp: Idp
before(async () => {
  ;[app, idp] = await Promise.all([startApp(), startIdp()])
})
after(() => idp.stop())

const { send, verify, exchange, sentCode } = oneTimeCodes(() => app)

const metrics = () => metricsOf(app)
const counted = (world: Pick<World, 'tenant'>, expected: string[]) => assertCounted(app, world, expected)

describe('a login is counted once', () => {
  test('with a password; so are a wrong one, and refreshes', async () => {
    const world = await makeWorld(app)
    await app.post('/auth/login', { ...credentialsOf(world), password: 'a wrong one' })
    const tokens = await getTokens(app, world)
    await refresh(app, tokens)
    await refresh(app, tokens)
    await refresh(app, { ...tokens, refreshToken: 'nonsense' })
    const refreshes = ['refresh ok', 'refresh repeated', 'refresh refused']
    await counted(world, ['login failed password', 'login ok password', ...refreshes])
  })

  test('with a one-time code, and with one as the second factor', async () => {
    const alone = await makeWorld(app)
    await send(alone)
    const otp = await sentCode(alone)
    await verify(alone, otp === '111111' ? '222222' : '111111')
    await exchange(alone, (await verify(alone, otp)).body.code)
    await counted(alone, ['login failed otp', 'login ok otp'])

    const second = await makeWorld(app, { tenant: { secondFactor: 'required' } })
    await app.post('/auth/login', credentialsOf(second))
    const { body } = await verify(second, await sentCode(second))
    assert.equal((await exchange(second, body.code)).status, 200)
    await counted(second, ['login ok password+otp'])
  })

  test('with an authenticator app that is enrolled on the way', async () => {
    const world = await makeWorld(app, { tenant: { secondFactor: 'required' } })
    const code = await getCode(app, world)
    const query = { code, clientId: world.client.clientId }
    const { qrCode } = (await app.post<{ qrCode: string }>('/auth/create-qr-code', query)).body
    const { body } = await verify(world, codeAt(scan(qrCode), app.now()))
    assert.equal((await exchange(world, body.code)).status, 200)
    await counted(world, ['login ok password+enrolment'])
  })

  test('with a recovery code; so is one that was used already', async () => {
    const user = { email: null, phone: null }
    const world = await makeWorld(app, { tenant: { secondFactor: 'required' }, user })
    const query = { code: await getCode(app, world), clientId: world.client.clientId }
    const { qrCode } = (await app.post<{ qrCode: string }>('/auth/create-qr-code', query)).body
    const [recovery = ''] = (await verify(world, codeAt(scan(qrCode), app.now()))).body.recoveryCodes ?? []
    for (const status of [200, 401]) {
      await getCode(app, world)
      const { body, ...answer } = await verify(world, recovery)
      assert.equal(answer.status, status)
      if (status === 200) await exchange(world, body.code)
    }
    await counted(world, ['login ok password+recovery', 'login failed password+recovery'])
  })

  test('with a passkey; so are one for another site, one that nobody has, and one that was used already', async () => {
    const { world, tokens } = await passkey.signedIn(app)
    const key = await passkey.enrol(app, tokens)
    await passkey.logIn(app, world, key, { origin: 'https://elsewhere.example' })
    await passkey.logIn(app, world, await makePasskey())
    const { clientId: client_id, clientSecret: client_secret } = world.client
    const response = await key.get(await passkey.challenge(app))
    for (const status of [200, 401]) {
      const { body, ...answer } = await app.post<{ code: string }>('/auth/passkey-login', {
        client_id,
        client_secret,
        response,
      })
      assert.equal(answer.status, status)
      if (status === 200) await exchange(world, body.code)
    }
    const failed = Array(3).fill('login failed passkey')
    await counted(world, ['login ok password', 'login ok passkey', ...failed])
  })

  test('of a native device; so is a forged signature', async () => {
    const world = await makeWorld(app)
    const application = manager(app, world.client)
    await application.add(['counted'])
    const device = await makeDevice(app)
    await device.register(await application.link('counted'))
    const { clientId } = world.client
    await device.answer(clientId, await device.challenge(), await device.sign('something else'))
    assert.equal((await exchange(world, (await device.logIn(clientId)).body.code)).status, 200)
    await counted(world, ['login failed device', 'login ok device'])
  })

  test('at the account family', async () => {
    const world = await makeWorld(app)
    const key = await account.makeKey(app, world)
    await account.logIn(app, key, world, { password: 'a wrong one' })
    await account.enter(app, key, world)
    await counted(world, ['login failed password', 'login ok password'])
  })

  test('at the gateway', async () => {
    const { world } = await comeIn(app)
    await counted(world, ['login ok password'])
  })

  test('through a provider; so is one that the person cancels, and one that finds no account', async () => {
    const wishes = { tenant: { signUp: openSignUp() } }
    const world = await makeConnectedWorld(app, await idp.connection('keycloak'), wishes)
    const { subject } = idp.newPerson()
    await tokensFor(app, world, await logInThrough(app, world, 'keycloak', { subject }))
    await logInThrough(app, world, 'keycloak', { subject, cancel: 'Cancel' })
    await app.admin.patch(`/v1/tenants/${world.tenant.id}`, { signUp: { mode: 'off', roleId: null, emailDomains: [] } })
    await logInThrough(app, world, 'keycloak', { subject: idp.newPerson().subject })
    const cancelled = ['login failed keycloak', 'provider login_denied keycloak']
    await counted(world, ['login ok keycloak', ...cancelled, 'login failed keycloak'])
  })

  test('by SAML; so is one that was refused, at a client and at the hosted login', async () => {
    const company = await startSamlProvider()
    after(() => company.close())
    const world = await makeSamlWorld(app, company, {}, { tenant: { callbackUrls: [SERVICE] } })
    await tokensFor(app, world, await logInAt(app, company, world, newPerson()))
    company.key = makeKey()
    await logInAt(app, company, world, newPerson())
    await openHosted(app).logIn(world, 'Company login', ({ pathname }) => pathname === '/login')
    const refused = ['login failed saml', 'provider saml_refused saml']
    await counted(world, ['login ok saml', ...refused, ...refused])
  })
})

test('a provider that does not answer is counted, as that and as a login', async () => {
  const connection = { ...(await idp.connection('keycloak')), endpoints: { token: 'http://127.0.0.1:9/token' } }
  const world = await makeConnectedWorld(app, connection)
  const { error } = await logInThrough(app, world, 'keycloak', { subject: idp.newPerson().subject })
  assert.equal(error, 'temporarily_unavailable')
  await counted(world, ['login failed keycloak', 'provider unavailable keycloak'])
})

describe('counted without a tenant', () => {
  test('are attempts beyond the limit, and messages by what became of them', async () => {
    const before = metrics().length
    const world = await makeWorld(app)
    for (let n = 0; n < 11; n++) await app.post('/auth/login', { ...credentialsOf(world), password: `wrong ${n}` })
    await send(await makeWorld(app))
    const all = async () => {
      await sleep(200)
      return metrics()
        .slice(before)
        .map(({ metric, result, method }) => `${metric} ${result} ${method}`)
    }
    for (let tries = 0; tries < 25 && !(await all()).includes('delivery ok mail'); tries++);
    const found = await all()
    assert.ok(found.includes('throttled too_many_attempts '), found.join())
    assert.ok(found.includes('delivery ok mail'), found.join())
  })
})

test('a data point has these fields and no others', () => {
  const fields = new Set(metrics().map((line) => Object.keys(line).sort().join(' ')))
  assert.deepEqual([...fields], ['at event level method metric result tenantId'])
  for (const { method, result } of metrics()) assert.match(`${method}${result}`, /^[a-z_+]*$/)
})
