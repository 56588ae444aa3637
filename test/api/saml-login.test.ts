import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import type { ConnectedWorld } from '../support/federation.ts'
import { makeKey, type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { logInAt, makeSamlWorld, meOf, newPerson, settingsOf } from '../support/saml-idp-world.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let idp: SamlProvider
let world: ConnectedWorld

before(async () => {
  app = await startApp()
  idp = await startSamlProvider()
  world = await makeSamlWorld(app, idp)
})
after(() => idp.close())

const makeRole = ({ tenant }: Pick<World, 'tenant'>, name: string) =>
  create<{ id: string }>(app, '/v1/roles', { tenantId: tenant.id, name, permissions: [] })

describe('a SAML login', () => {
  test('makes a member of the tenant of somebody new, with what the identity provider says of them', async () => {
    const person = newPerson()
    const arrived = await logInAt(app, idp, world, person, { state: 'the caller’s own' })
    assert.equal(arrived['state'], 'the caller’s own')
    const { email, username, firstName, lastName, tenantId } = await meOf(app, world, arrived)
    assert.deepEqual([email, username], [person.nameId, person.nameId])
    assert.deepEqual([firstName, lastName, tenantId], ['Ada', 'Lovelace', world.tenant.id])
  })

  test('knows somebody again by their name there, whatever their address is now', async () => {
    const person = newPerson()
    const { id } = await meOf(app, world, await logInAt(app, idp, world, person))
    const moved = { ...person, attributes: { mail: 'moved@example.com' } }
    assert.equal((await meOf(app, world, await logInAt(app, idp, world, moved))).id, id)
  })

  test('lands with the user of the tenant who has the address', async () => {
    const own = await makeSamlWorld(app, idp, {}, { user: { emailVerified: true } })
    const person = newPerson({ mail: own.user.email })
    assert.equal((await meOf(app, own, await logInAt(app, idp, own, person))).id, own.user.id)
  })

  test('does not land with a user of another tenant who has the address', async () => {
    const other = await makeWorld(app, { user: { emailVerified: true } })
    const arrived = await logInAt(app, idp, world, newPerson({ mail: other.user.email }))
    assert.equal(arrived['error'], 'access_denied')
    assert.equal(arrived['code'], undefined)
  })

  test('makes nobody a member where the tenant takes no sign-ups', async () => {
    const own = await makeSamlWorld(app, idp, {}, { tenant: { signUp: { mode: 'off' } } })
    const { error, error_description } = await logInAt(app, idp, own, newPerson())
    assert.deepEqual([error, error_description], ['access_denied', 'There is no account for this login'])
  })

  for (const [spelling, attributes] of Object.entries({
    'URNs of LDAP': ['urn:oid:0.9.2342.19200300.100.1.3', 'urn:oid:2.5.4.42', 'urn:oid:2.5.4.4'],
    'claims of WS-Federation': ['emailaddress', 'givenname', 'surname'].map(
      (name) => `http://schemas.xmlsoap.org/ws/2005/05/identity/claims/${name}`,
    ),
    'words of the house': ['Email', 'firstName', 'LASTNAME'],
  }))
    test(`reads attributes that are spelled as ${spelling}`, async () => {
      const [mail = '', first = '', last = ''] = attributes
      const address = newPerson().nameId
      const person = {
        nameId: crypto.randomUUID(),
        attributes: { [mail]: address, [first]: 'Grace', [last]: 'Hopper' },
      }
      const { email, firstName, lastName } = await meOf(app, world, await logInAt(app, idp, world, person))
      assert.deepEqual([email, firstName, lastName], [address, 'Grace', 'Hopper'])
    })

  test('reads both names from the one to be displayed', async () => {
    const person = { nameId: newPerson().nameId, attributes: { displayName: 'Grace Brewster Hopper' } }
    const { firstName, lastName } = await meOf(app, world, await logInAt(app, idp, world, person))
    assert.deepEqual([firstName, lastName], ['Grace Brewster', 'Hopper'])
  })

  test('gives the role of the group, and takes it when the group is gone', async () => {
    const own = await makeSamlWorld(app, idp)
    const admin = await makeRole(own, 'admin')
    await app.admin.patch(`/v1/connections/${own.connection.id}`, { groupRoles: { 'CN=Admins,DC=x': admin.id } })
    const person = newPerson({ memberOf: ['CN=Staff,DC=x', 'CN=Admins,DC=x'] })
    assert.equal((await meOf(app, own, await logInAt(app, idp, own, person))).role, 'admin')
    const left = { ...person, attributes: { ...person.attributes, memberOf: ['CN=Staff,DC=x'] } }
    assert.equal((await meOf(app, own, await logInAt(app, idp, own, left))).role, 'member')
  })

  test('is refused when the identity provider refuses', async () => {
    idp.options = { error: { code: 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed' } }
    const { error, error_description } = await logInAt(app, idp, world, newPerson()).finally(() => (idp.options = {}))
    assert.deepEqual([error, error_description], ['access_denied', 'The login was cancelled or denied'])
  })

  test('holds with either of two keys while the identity provider changes them', async () => {
    const next = makeKey()
    const saml = { ...settingsOf(idp), certificates: [idp.key.certificate, next.certificate] }
    const own = await makeSamlWorld(app, idp, { saml })
    const before = idp.key
    assert.ok((await logInAt(app, idp, own, newPerson()))['code'])
    idp.key = next
    assert.ok((await logInAt(app, idp, own, newPerson()).finally(() => (idp.key = before)))['code'])
  })
})
