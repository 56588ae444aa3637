/** A social login on Deno: its fetch, its streams and its rights, against a real provider. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, askThrough } from '../support/app.ts'
import { startOnDeno } from '../support/deno.ts'
import { logInThrough, makeConnectedWorld, openSignUp, tokensFor } from '../support/federation.ts'
import { freshDatabase } from '../support/folder.ts'
import { type Idp, startIdp } from '../support/idp.ts'
import { refresh } from '../support/world.ts'

describe('a social login on Deno', () => {
  let app: App
  let idp: Idp

  before(async () => {
    app = askThrough(await startOnDeno(freshDatabase()))
    idp = await startIdp({ origin: app.origin })
  })
  after(async () => {
    await app.stop()
    await idp.stop()
  })

  test('arrives, and goes on while the provider agrees', async () => {
    const world = await makeConnectedWorld(app, await idp.connection('keycloak'), { tenant: { signUp: openSignUp() } })
    const { subject } = idp.newPerson()
    const tokens = await tokensFor(app, world, await logInThrough(app, world, 'keycloak', { subject }))
    const { status, body } = await refresh(app, tokens)
    assert.equal(status, 200)
    await idp.revoke(subject)
    assert.equal((await refresh(app, body)).status, 401)
  })
})
