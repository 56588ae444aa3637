/** What a tenant's own identity provider says about addresses that are not the tenant's counts for nobody else. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { connect, logInThrough, makeConnectedWorld, openSignUp, tokensFor } from '../support/federation.ts'
import { type Idp, startIdp } from '../support/idp.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let idp: Idp
/** Anybody may sign up, and log in with a provider of the tenant's own. */
let hostile: World
/** Its people log in with a shared connection. */
let honest: World
let shared: { id: string }

before(async () => {
  ;[app, idp] = await Promise.all([startApp(), startIdp()])
  hostile = await makeConnectedWorld(app, await idp.connection('keycloak'), { tenant: { signUp: openSignUp() } })
  honest = await makeWorld(app, { tenant: { signUp: openSignUp() } })
  shared = await create(app, '/v1/connections', { ...(await idp.connection('google')), tenantId: null })
})
after(() => idp.stop())

/** Whom a login through the provider is for. */
async function personOf(world: World, kind: 'keycloak' | 'google' | 'cognito', subject: string): Promise<string> {
  const tokens = await tokensFor(app, world, await logInThrough(app, world, kind, { subject }))
  return String(decodeJwt(tokens.accessToken).sub)
}

const verifiedOf = async (id: string) =>
  (await app.admin.get<{ emailVerified: boolean }>(`/v1/users/${id}`)).body.emailVerified

describe('an account that a tenant’s own provider makes', () => {
  // While the service still stands, which all files share on workerd.
  after(async () => void (await app.admin.delete(`/v1/connections/${shared.id}`)))

  test('for a stranger’s address is not verified, and its owner later gets an account of their own', async () => {
    const victim = idp.newPerson()
    const planted = idp.newPerson({ email: victim.email })
    const squatter = await personOf(hostile, 'keycloak', planted.subject)
    assert.equal(await verifiedOf(squatter), false)
    const owner = await personOf(honest, 'google', victim.subject)
    assert.notEqual(owner, squatter)
    assert.equal(await verifiedOf(owner), true)
    assert.equal(await personOf(honest, 'google', victim.subject), owner)
    assert.equal(await personOf(hostile, 'keycloak', planted.subject), squatter)
    const identities = await app.rows('select user_id from identities where subject = ?', victim.subject)
    assert.deepEqual(identities, [{ user_id: owner }])
  })

  test('is not met at another provider of the same tenant either: its owner has to link that', async () => {
    await connect(app, hostile, await idp.connection('cognito'))
    const { subject, email } = idp.newPerson()
    await personOf(hostile, 'keycloak', subject)
    const again = idp.newPerson({ email })
    const { error, error_description } = await logInThrough(app, hostile, 'cognito', again)
    assert.equal(error, 'access_denied')
    assert.match(String(error_description), /link this login there/)
  })

  test('for an address of the tenant’s own domains is verified', async () => {
    const policy = { ...openSignUp(), emailDomains: ['own.example'] }
    const own = await makeConnectedWorld(app, await idp.connection('keycloak'), { tenant: { signUp: policy } })
    const inside = idp.newPerson({ email: `grace.${crypto.randomUUID()}@Own.Example` })
    const outside = idp.newPerson({ email: `grace.${crypto.randomUUID()}@not-own.example` })
    assert.equal(await verifiedOf(await personOf(own, 'keycloak', inside.subject)), true)
    assert.equal(await verifiedOf(await personOf(own, 'keycloak', outside.subject)), false)
  })

  test('takes nothing from those who were there first', async () => {
    const victim = idp.newPerson()
    const owner = await personOf(honest, 'google', victim.subject)
    const planted = idp.newPerson({ email: victim.email })
    assert.equal((await logInThrough(app, hostile, 'keycloak', planted)).error, 'access_denied')
    assert.equal(await personOf(honest, 'google', victim.subject), owner)
  })
})
