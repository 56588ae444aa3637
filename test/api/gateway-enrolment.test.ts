/** A second factor is required, and the person has none: an authenticator app is set up in the middle of the login. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { codeAt, scan } from '../support/authenticator-app.ts'
import { type Browser, browserOf, locationOf, SERVICE, startLogin } from '../support/gateway.ts'
import { forService } from '../support/hosted-login.ts'
import { makeWorld, type World } from '../support/world.ts'

let app: App
before(async () => {
  app = await startApp()
})

const unreachable = { email: null, phone: null }
const newWorld = (user: object = unreachable, tenant: object = {}) =>
  makeWorld(app, { tenant: forService({ secondFactor: 'required', ...tenant }), user: { ...user } })

/** With a password, up to the page that asks for more. */
async function begin({ user, ...world }: World, browser = browserOf(app)) {
  const flow = await startLogin(browser, { user, ...world })
  const { username, password } = user
  const posted = await browser.visit('POST', '/login/password', { flow, username, password })
  assert.equal(posted.status, 303, posted.text)
  return { browser, flow, location: locationOf(posted) }
}

/** What the page shows: the address for an app, and the key as text. */
async function offered(browser: Browser, flow: string) {
  const { status, text } = await browser.visit('GET', `/login/enrol?flow=${flow}`)
  assert.equal(status, 200, text)
  const uri = scan(/src="(data:image\/png;base64,[^"]+)"/.exec(text)?.[1] ?? '')
  const key = /<pre>([^<]+)</.exec(text)?.[1]?.replaceAll(' ', '')
  return { uri, key }
}

const confirm = (browser: Browser, flow: string, code: string) => browser.visit('POST', '/login/enrol', { flow, code })

const recoveryCodesIn = (text: string) => text.match(/[A-Z2-7]{4}(-[A-Z2-7]{4}){3}/g) ?? []

describe('somebody who must enrol and has not', () => {
  test('is led to it, sees QR code and key, gets ten recovery codes once, and goes on to the service', async () => {
    const world = await newWorld()
    const { browser, flow, location } = await begin(world)
    assert.equal(location, `/login/enrol?flow=${flow}`)
    const { uri, key } = await offered(browser, flow)
    assert.equal(new URL(uri).searchParams.get('secret'), key)
    assert.deepEqual(await offered(browser, flow), { uri, key }, 'a page that is loaded again shows the same app')
    const wrong = await confirm(browser, flow, '000000')
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /code is not right[\s\S]*data:image/)
    assert.equal((await browser.visit('POST', '/login/continue', { flow })).status, 410, 'not without the code')

    const shown = await confirm(browser, flow, codeAt(uri, app.now()))
    assert.equal(shown.status, 200, shown.text)
    const codes = recoveryCodesIn(shown.text)
    assert.equal(new Set(codes).size, 10)
    assert.equal((await confirm(browser, flow, codeAt(uri, app.now()))).status, 410)
    const on = await browser.visit('POST', '/login/continue', { flow })
    assert.equal(locationOf(await browser.visit('GET', locationOf(on))), SERVICE)
    assert.equal((await browser.visit('GET', '/imsg-service/v1/token-is-set')).status, 200)
    assert.equal((await browser.visit('POST', '/login/continue', { flow })).status, 410, 'once')
    const [session] = await app.rows('select method from sessions where user_id = ?', world.user.id)
    assert.deepEqual(session, { method: 'password+enrolment' })

    const next = await begin(world)
    assert.equal(next.location, `/login/factor?flow=${next.flow}`)
    const enrol = await next.browser.visit('GET', `/login/enrol?flow=${next.flow}`)
    assert.equal(locationOf(enrol), `/login/factor?flow=${next.flow}`, 'who has an app is asked for it')
    const recovered = await next.browser.visit('POST', '/login/factor', { flow: next.flow, code: codes[0] ?? '' })
    assert.equal(recovered.status, 303, 'a recovery code stands in for the app')
  })

  test('does so, too, where the person and not the tenant requires it', async () => {
    const world = await newWorld(unreachable, { secondFactor: 'off' })
    await app.admin.post(`/v1/users/${world.user.id}/second-factor`, { required: true })
    const { flow, location } = await begin(world)
    assert.equal(location, `/login/enrol?flow=${flow}`)
  })

  test('may choose the app where a code by mail would do, until a second factor was completed once', async () => {
    const world = await newWorld({})
    const first = await begin(world)
    assert.equal(first.location, `/login/factor?flow=${first.flow}`)
    assert.match((await first.browser.visit('GET', first.location)).text, /\/login\/enrol\?flow=/)
    const [message] = await app.outbox(world.user.email)
    const proved = await first.browser.visit('POST', '/login/factor', { flow: first.flow, code: message?.code ?? '' })
    assert.equal(proved.status, 303)
    const second = await begin(world)
    assert.doesNotMatch((await second.browser.visit('GET', second.location)).text, /\/login\/enrol/)
    const enrol = await second.browser.visit('GET', `/login/enrol?flow=${second.flow}`)
    assert.equal(locationOf(enrol), second.location)
    assert.equal((await confirm(second.browser, second.flow, '123456')).status, 410)
  })

  test('after a one-time code, which counts once, is led to an app or told that it is not enough', async () => {
    const world = await newWorld({})
    const logInByCode = async (count: number) => {
      const browser = browserOf(app)
      const flow = await startLogin(browser, world)
      await browser.visit('POST', '/login/send-code', { flow, username: world.user.username })
      const [message] = await app.outbox(world.user.email, count)
      return { browser, flow, posted: await browser.visit('POST', '/login/code', { flow, code: message?.code ?? '' }) }
    }
    const first = await logInByCode(1)
    assert.equal(locationOf(first.posted), `/login/enrol?flow=${first.flow}`)
    const { uri } = await offered(first.browser, first.flow)
    assert.equal((await confirm(first.browser, first.flow, codeAt(uri, app.now()))).status, 200)
    assert.equal((await first.browser.visit('POST', '/login/continue', { flow: first.flow })).status, 303)

    const other = await newWorld({})
    const password = await begin(other)
    const [message] = await app.outbox(other.user.email)
    await password.browser.visit('POST', '/login/factor', { flow: password.flow, code: message?.code ?? '' })
    Object.assign(world, other)
    const { posted } = await logInByCode(2)
    assert.equal(posted.status, 422)
    assert.match(posted.text, /code alone is not enough/)
  })
})

describe('an app that is to be', () => {
  test('is of one login: what another one has begun is neither shown nor taken', async () => {
    const world = await newWorld()
    const [attacker, owner] = [await begin(world), await begin(world)]
    const theirs = await offered(attacker.browser, attacker.flow)
    const own = await offered(owner.browser, owner.flow)
    assert.notEqual(own.key, theirs.key)
    assert.equal((await confirm(owner.browser, owner.flow, codeAt(theirs.uri, app.now()))).status, 422)
    assert.equal((await confirm(attacker.browser, attacker.flow, codeAt(theirs.uri, app.now()))).status, 422)
    assert.equal(
      (await confirm(owner.browser, owner.flow, codeAt((await offered(owner.browser, owner.flow)).uri, app.now())))
        .status,
      200,
    )
  })

  test('proves nothing about whoever comes into the same login after it', async () => {
    const [mallory, ada] = [await newWorld(), await newWorld()]
    await app.admin.post(`/v1/users/${ada.user.id}/memberships`, {
      tenantId: mallory.tenant.id,
      roleId: mallory.role.id,
    })
    const { browser, flow } = await begin(mallory)
    const { uri } = await offered(browser, flow)
    assert.equal((await confirm(browser, flow, codeAt(uri, app.now()))).status, 200)
    const { username, password } = ada.user
    assert.equal((await browser.visit('POST', '/login/password', { flow, username, password })).status, 303)
    assert.equal((await browser.visit('POST', '/login/continue', { flow })).status, 410)
  })

  test('is confirmed once of fifty times at once, and guessed at five times only', async () => {
    const world = await newWorld()
    const { browser, flow } = await begin(world)
    const { uri } = await offered(browser, flow)
    const tries = await Promise.all(Array.from({ length: 50 }, () => confirm(browser, flow, codeAt(uri, app.now()))))
    const winners = tries.filter(({ text }) => recoveryCodesIn(text).length === 10)
    assert.equal(winners.length, 1)
    const kept = await app.rows(
      `select count(*) n from one_time_secrets where kind = 'recovery_code' and user_id = ?`,
      world.user.id,
    )
    assert.deepEqual(kept, [{ n: 10 }])

    const other = await newWorld()
    const guessed = await begin(other)
    const { uri: right } = await offered(guessed.browser, guessed.flow)
    for (let guess = 0; guess < 5; guess++) await confirm(guessed.browser, guessed.flow, '000000')
    const late = await confirm(guessed.browser, guessed.flow, codeAt(right, app.now()))
    assert.equal(late.status, 422)
    assert.match(late.text, /too many attempts/)
  })

  test('is set up from our own pages only, in a login of this browser that waits for it', async () => {
    const world = await newWorld()
    const { browser, flow } = await begin(world)
    for (const [path, form] of [
      ['/login/enrol', { flow, code: '1' }],
      ['/login/continue', { flow }],
    ] as const)
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
        assert.equal((await browser.visit('POST', path, form, headers as never)).status, 403)
    const stranger = browserOf(app)
    assert.equal((await stranger.visit('GET', `/login/enrol?flow=${flow}`)).status, 410)
    const early = await startLogin(stranger, world)
    assert.equal(locationOf(await stranger.visit('GET', `/login/enrol?flow=${early}`)), `/login/factor?flow=${early}`)
    assert.equal((await confirm(stranger, early, '123456')).status, 410)
    assert.equal((await stranger.visit('POST', '/login/continue', { flow: early })).status, 410)
  })
})
