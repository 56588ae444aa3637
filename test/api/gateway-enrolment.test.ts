/** A second factor is required, and the person has none: an authenticator app is set up in the middle of the login. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { codeAt } from '../support/authenticator-app.ts'
import { enrolment, recoveryCodesIn } from '../support/enrolment.ts'
import { browserOf, locationOf, SERVICE, startLogin } from '../support/gateway.ts'

let app: App
before(async () => {
  app = await startApp()
})

const { newWorld, begin, offered, confirm, unreachable } = enrolment(() => app)

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

  test('cannot by the password alone where a code can be sent, and goes on with that code', async () => {
    const world = await newWorld({})
    const { browser, flow, location } = await begin(world)
    assert.equal(location, `/login/factor?flow=${flow}`)
    const enrol = await browser.visit('GET', `/login/enrol?flow=${flow}`)
    assert.equal(locationOf(enrol), location)
    const [kept] = await app.rows('select count(*) n from second_factors where user_id = ?', world.user.id)
    assert.deepEqual(kept, { n: 0 }, 'no secret was made that could be proved elsewhere')
    assert.equal((await confirm(browser, flow, '123456')).status, 410)
    assert.equal((await browser.visit('POST', '/login/continue', { flow })).status, 410)
    const wrong = await browser.visit('POST', '/login/factor', { flow, code: '000000', next: 'enrol' })
    assert.equal(wrong.status, 422)
    assert.equal(locationOf(await browser.visit('GET', `/login/enrol?flow=${flow}`)), location)

    const [message] = await app.outbox(world.user.email)
    const proved = await browser.visit('POST', '/login/factor', { flow, code: message?.code ?? '' })
    assert.equal(locationOf(await browser.visit('GET', locationOf(proved))), SERVICE)
  })

  test('may, with the code that was sent, whether or not one was proved before', async () => {
    const world = await newWorld({})
    const byCode = async (count: number) => {
      const { browser, flow, location } = await begin(world)
      assert.match((await browser.visit('GET', location)).text, /name="next" value="enrol"/)
      const [message] = await app.outbox(world.user.email, count)
      const given = { flow, code: message?.code ?? '', next: 'enrol' }
      const posted = await browser.visit('POST', '/login/factor', given)
      assert.equal(locationOf(posted), `/login/enrol?flow=${flow}`)
      assert.equal((await browser.visit('POST', '/login/factor', given)).status, 422, 'the code is spent')
      return { browser, flow, ...(await offered(browser, flow)) }
    }
    const methods = () => app.rows('select method from sessions where user_id = ? order by opened_at', world.user.id)
    const skipped = await byCode(1)
    const on = await skipped.browser.visit('POST', '/login/continue', { flow: skipped.flow })
    assert.equal(locationOf(await skipped.browser.visit('GET', locationOf(on))), SERVICE, 'nobody has to')
    assert.deepEqual(await methods(), [{ method: 'password+otp' }])

    const { browser, flow, uri } = await byCode(2)
    const shown = await confirm(browser, flow, codeAt(uri, app.now()))
    assert.equal(recoveryCodesIn(shown.text).length, 10)
    const through = await browser.visit('POST', '/login/continue', { flow })
    assert.equal(locationOf(await browser.visit('GET', locationOf(through))), SERVICE)
    assert.deepEqual((await methods()).at(-1), { method: 'password+enrolment' })
    const next = await begin(world)
    assert.doesNotMatch((await next.browser.visit('GET', next.location)).text, /value="enrol"/, 'the app is asked now')
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
