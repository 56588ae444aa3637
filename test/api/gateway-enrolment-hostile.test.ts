/** What somebody else, or a second try, gets out of an authenticator app that is set up in the middle of a login. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { codeAt } from '../support/authenticator-app.ts'
import { enrolment, recoveryCodesIn } from '../support/enrolment.ts'
import { browserOf, locationOf, startLogin } from '../support/gateway.ts'

let app: App
before(async () => {
  app = await startApp()
})

const { newWorld, begin, offered, confirm } = enrolment(() => app)

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
