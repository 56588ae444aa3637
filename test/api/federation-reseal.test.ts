import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { LIBSQL_ONLY, startApp } from '../support/app.ts'
import { logInThrough, makeConnectedWorld, tokensFor } from '../support/federation.ts'
import { freshDatabase } from '../support/folder.ts'
import { type Idp, startIdp } from '../support/idp.ts'
import { SECRETS } from '../support/variables.ts'
import { refresh } from '../support/world.ts'

describe('a new master key', LIBSQL_ONLY, () => {
  let idp: Idp
  before(async () => {
    idp = await startIdp()
  })
  after(() => idp.stop())

  test('opens the secrets of connections and the tokens of providers, once they are sealed again', async () => {
    const LIBSQL_URL = freshDatabase()
    const MASTER_KEY = randomBytes(32).toString('base64url')
    const first = await startApp({ LIBSQL_URL })
    const world = await makeConnectedWorld(first, await idp.connection('keycloak'), { user: { emailVerified: true } })
    const { subject } = idp.newPerson({ email: world.user.email })

    const both = await startApp({ LIBSQL_URL, MASTER_KEY, MASTER_KEY_PREVIOUS: SECRETS.MASTER_KEY })
    const before = await tokensFor(first, world, await logInThrough(first, world, 'keycloak', { subject }))
    const { body } = await both.admin.post<{ remaining: number }>('/v1/master-key/reseal', {})
    assert.equal(body.remaining, 0)

    const alone = await startApp({ LIBSQL_URL, MASTER_KEY })
    await tokensFor(alone, world, await logInThrough(alone, world, 'keycloak', { subject }))
    await idp.revoke(subject)
    assert.equal((await refresh(both, before)).status, 401, 'asked the provider with the tokens that were sealed again')
  })
})
