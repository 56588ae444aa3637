/** What becomes of Keycloak's realms and their people. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromKeycloak } from '../../src/commands/import/from-keycloak.ts'
import { CREDENTIALS } from '../support/keycloak-credentials.ts'
import { linesOf, readSource } from '../support/moving.ts'

const REALM = '0b6f4e0e-6f0e-4a0a-9c7e-2f3f1c1f0001'
const json = (value: unknown) => JSON.stringify(value)

const realm = (users: object[]) => ({
  users,
  id: REALM,
  realm: 'My Realm',
  enabled: true,
  registrationAllowed: true,
  roles: {
    realm: [
      {
        id: 'r1',
        name: 'admin',
        composites: { realm: ['editor'], client: { shop: ['buy'], account: ['view-profile'] } },
      },
      { id: 'r2', name: 'editor' },
      { id: 'r3', name: 'customer' },
      { id: 'r4', name: 'default-roles-my realm', composites: { realm: ['customer', 'offline_access'] } },
      { id: 'r5', name: 'offline_access' },
    ],
    client: { shop: [{ name: 'buy' }, { name: 'sell', composites: { client: { shop: ['buy'] } } }] },
  },
  groups: [
    {
      name: 'staff',
      path: '/staff',
      realmRoles: ['editor'],
      subGroups: [{ name: 'sales', clientRoles: { shop: ['sell'] } }],
    },
  ],
  clients: [
    { clientId: 'account', publicClient: true },
    {
      clientId: 'shop',
      secret: 'a secret of the shop',
      redirectUris: ['https://shop.example/*', 'https://shop.example/in'],
      webOrigins: ['+'],
    },
    { clientId: 'spa', publicClient: true, enabled: false, secret: '**********' },
    { clientId: 'old', protocol: 'saml' },
  ],
  identityProviders: [{ alias: 'corp', providerId: 'oidc' }],
})

const keycloak = (users: object[]) => readSource(fromKeycloak, { 'realm.json': json(realm(users)) })

describe('from Keycloak', () => {
  test('a realm becomes a tenant with its roles and clients', async () => {
    const { lines, notes } = await keycloak([])
    const [tenant] = linesOf(lines, 'tenant')
    assert.deepEqual([tenant?.id, tenant?.key, tenant?.name], [REALM, 'my-realm', 'My Realm'])
    assert.deepEqual(
      linesOf(lines, 'role').map(({ name, permissions }) => [name, permissions?.join(' ')]),
      [
        ['admin', 'admin editor shop/buy'],
        ['editor', 'editor'],
        ['customer', 'customer'],
        ['no-role', ''],
      ],
    )
    assert.deepEqual(
      linesOf(lines, 'client').map((one) => [
        one.clientId,
        one.clientType,
        one.status,
        one.redirectUris,
        one.clientSecret,
      ]),
      [
        ['shop', 'confidential', 'active', ['https://shop.example/in'], 'a secret of the shop'],
        ['spa', 'public', 'disabled', [], undefined],
      ],
    )
    assert.deepEqual([...notes.leftBehind.keys()].filter((why) => why.startsWith('clients')).sort(), [
      "clients: Keycloak's own",
      'clients: they speak saml',
    ])
    assert.ok(notes.changes.has('realms: closed for sign-up: open the tenant by hand'))
  })

  test('people keep their passwords and authenticator apps, where they can be checked here', async () => {
    const people = Object.entries(CREDENTIALS).map(([username, credential]) => ({
      username,
      credentials: [credential],
    }))
    const { lines, notes } = await keycloak(people)
    const kept = linesOf(lines, 'user').map(({ username, passwordHash, authenticatorSecret, secondFactorRequired }) => [
      username,
      passwordHash ?? authenticatorSecret,
      secondFactorRequired,
    ])
    assert.deepEqual(kept, [
      ['argon2', '$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHRzYWx0cw$aGFzaGhhc2hoYXNoaGFzaA', false],
      ['pbkdf2', '$pbkdf2-sha256$i=27500$c2FsdA$aGFzaA', false],
      ['ancient', '$pbkdf2-sha1$i=20000$c2FsdA$aGFzaA', false],
      ['clear', undefined, false],
      ['totp', 'MZXW6YTBOI', true],
      ['hotp', undefined, true],
    ])
    assert.ok(notes.changes.has('users: without a password (it stands in clear): they reset it'))
    assert.ok(notes.changes.has('users: with an authenticator app that has to be enrolled again'))
    assert.ok(!JSON.stringify([...notes.changes]).includes('hunter2'))
  })

  test('people have the first of their roles, and what all of them allow', async () => {
    const { lines } = await keycloak([
      { username: 'none', realmRoles: ['offline_access'] },
      { username: 'default', realmRoles: ['default-roles-my realm'] },
      { username: 'several', realmRoles: ['customer', 'admin'], clientRoles: { account: ['manage-account'] } },
      { username: 'grouped', groups: ['/staff/sales'], requiredActions: ['UPDATE_PASSWORD'] },
    ])
    const roleName = new Map(linesOf(lines, 'role').map(({ id, name }) => [id, name]))
    assert.deepEqual(
      linesOf(lines, 'membership').map(({ roleId, permissions, status }) => [
        roleName.get(roleId),
        permissions?.allow?.join(' '),
        status,
      ]),
      [
        ['no-role', '', 1],
        ['customer', '', 1],
        ['customer', 'admin editor shop/buy', 1],
        ['editor', 'shop/sell shop/buy', 3],
      ],
    )
  })

  test('people who log in elsewhere stay known there, and accounts of services stay behind', async () => {
    const { lines, notes } = await keycloak([
      {
        username: 'a',
        federatedIdentities: [
          { identityProvider: 'corp', userId: 'x1' },
          { identityProvider: 'odd', userId: '2' },
        ],
      },
      { username: 'service-account-shop', serviceAccountClientId: 'shop' },
      { email: 'nameless@example.com' },
    ])
    assert.deepEqual(
      linesOf(lines, 'identity').map(({ kind, subject }) => [kind, subject]),
      [['oidc', 'x1']],
    )
    assert.equal(linesOf(lines, 'user').length, 1)
    assert.ok(notes.leftBehind.has('users: they are accounts of services'))
    assert.ok(notes.leftBehind.has('users: without a username'))
  })

  test('a folder of files, and a list of realms, are read as one', async () => {
    const { users: _, ...rest } = realm([])
    const parts = {
      'my-realm.json': json(rest),
      'my-users-0.json': json({ realm: 'My Realm', users: [{ username: 'a' }] }),
      'two.json': json([
        { realm: 'one', id: 'one', users: [{ username: 'b' }] },
        { users: [{ username: 'c' }], realm: 'two' },
      ]),
    }
    const { lines } = await readSource(fromKeycloak, parts)
    assert.deepEqual(
      linesOf(lines, 'tenant').map(({ key }) => key),
      ['my-realm', 'one', 'two'],
    )
    const homes = new Set(linesOf(lines, 'user').map(({ defaultTenantId }) => defaultTenantId))
    assert.deepEqual([linesOf(lines, 'user').length, homes.size], [3, 3])
  })

  test('a file without a realm is refused in a sentence', () =>
    assert.rejects(readSource(fromKeycloak, { 'x.json': '{"users":[]}' }), { message: /There is no realm in it/ }))
})
