/** What becomes of Keycloak's and Auth0's people. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromAuth0 } from '../../src/commands/import/from-auth0.ts'
import { fromKeycloak } from '../../src/commands/import/from-keycloak.ts'
import type { Outgoing } from '../../src/commands/import/source.ts'
import type { LineOf, LineType } from '../../src/core/transfer/lines.ts'
import { readSource } from '../support/moving.ts'

const of = <Type extends LineType>(lines: Outgoing[], type: Type) =>
  lines.flatMap(({ line }) => (line.type === type ? [line as unknown as LineOf[Type]] : []))

const REALM = '0b6f4e0e-6f0e-4a0a-9c7e-2f3f1c1f0001'
const json = (value: unknown) => JSON.stringify(value)

/** Argon2id and TOTP as Keycloak 26 writes them, PBKDF2 as versions before, and before Keycloak 8. */
const CREDENTIALS = {
  argon2: {
    type: 'password',
    secretData: json({ value: 'aGFzaGhhc2hoYXNoaGFzaA==', salt: 'c2FsdHNhbHRzYWx0cw==', additionalParameters: {} }),
    credentialData: json({
      hashIterations: 5,
      algorithm: 'argon2',
      additionalParameters: {
        hashLength: ['32'],
        memory: ['7168'],
        type: ['id'],
        version: ['1.3'],
        parallelism: ['1'],
      },
    }),
  },
  pbkdf2: {
    type: 'password',
    secretData: json({ value: 'aGFzaA==', salt: 'c2FsdA==' }),
    credentialData: json({ hashIterations: 27500, algorithm: 'pbkdf2-sha256' }),
  },
  ancient: {
    type: 'password',
    hashedSaltedValue: 'aGFzaA==',
    salt: 'c2FsdA==',
    hashIterations: 20000,
    algorithm: 'pbkdf2',
  },
  clear: { type: 'password', value: 'hunter2' },
  totp: {
    type: 'otp',
    secretData: json({ value: 'foobar' }),
    credentialData: json({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' }),
  },
  hotp: { type: 'otp', secretData: json({ value: 'x' }), credentialData: json({ subType: 'hotp', digits: 6 }) },
}

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
    const [tenant] = of(lines, 'tenant')
    assert.deepEqual([tenant?.id, tenant?.key, tenant?.name], [REALM, 'my-realm', 'My Realm'])
    assert.deepEqual(
      of(lines, 'role').map(({ name, permissions }) => [name, permissions?.join(' ')]),
      [
        ['admin', 'admin editor shop/buy'],
        ['editor', 'editor'],
        ['customer', 'customer'],
        ['no-role', ''],
      ],
    )
    assert.deepEqual(
      of(lines, 'client').map((one) => [one.clientId, one.clientType, one.status, one.redirectUris, one.clientSecret]),
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
    const kept = of(lines, 'user').map(({ username, passwordHash, authenticatorSecret, secondFactorRequired }) => [
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
    const roleName = new Map(of(lines, 'role').map(({ id, name }) => [id, name]))
    assert.deepEqual(
      of(lines, 'membership').map(({ roleId, permissions, status }) => [
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
      of(lines, 'identity').map(({ kind, subject }) => [kind, subject]),
      [['oidc', 'x1']],
    )
    assert.equal(of(lines, 'user').length, 1)
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
      of(lines, 'tenant').map(({ key }) => key),
      ['my-realm', 'one', 'two'],
    )
    const homes = new Set(of(lines, 'user').map(({ defaultTenantId }) => defaultTenantId))
    assert.deepEqual([of(lines, 'user').length, homes.size], [3, 3])
  })

  test('a file without a realm is refused in a sentence', () =>
    assert.rejects(readSource(fromKeycloak, { 'x.json': '{"users":[]}' }), { message: /There is no realm in it/ }))
})

describe('from Auth0', () => {
  const oid = '60425dc43519d90068f82973'
  const withHash = { _id: { $oid: oid }, email: 'ada@example.com', passwordHash: '$2b$10$abc', connection: 'Users' }
  const exported = {
    user_id: `auth0|${oid}`,
    email: 'ada@example.com',
    email_verified: true,
    given_name: 'Ada',
    blocked: true,
  }
  const google = {
    user_id: 'google-oauth2|117',
    email: 'bob@example.com',
    name: 'Bob B',
    multifactor: ['guardian'],
    app_metadata: { plan: 'x' },
    identities: [
      { provider: 'google-oauth2', user_id: 117, isSocial: true },
      { provider: 'github', user_id: 5 },
    ],
  }
  const lines = (...users: object[]) => users.map(json).join('\n')

  test('an export and its hashes come together, in whatever order and form', async () => {
    const files = [
      { 'a.ndjson': lines(withHash), 'b.ndjson': lines(exported, google) },
      { 'a.json': json([exported, google]), 'b.ndjson': lines(withHash) },
      { 'a.ndjson': `${lines(exported, withHash, google)}\n\n` },
    ]
    const reads = await Promise.all(files.map((each) => readSource(fromAuth0, each, { tenant: 'acme' })))
    const [first, ...others] = reads.map((read) => read.lines)
    for (const other of others) assert.deepEqual(other, first)
    const people = of(first ?? [], 'user').map(({ username, passwordHash, status, authProvider, firstName }) => [
      username,
      passwordHash,
      status,
      authProvider,
      firstName,
    ])
    assert.deepEqual(people, [
      ['ada@example.com', '$2b$10$abc', 'blocked', 'internal', 'Ada'],
      ['bob@example.com', undefined, 'active', 'google', 'Bob B'],
    ])
    assert.deepEqual(
      of(first ?? [], 'identity').map(({ kind, subject }) => [kind, subject]),
      [['google', '117']],
    )
    assert.equal(of(first ?? [], 'membership').length, 2)
    const { notes } = reads[0] ?? {}
    assert.ok(notes?.changes.has('users: with a second factor that has to be enrolled again'))
    assert.ok(notes?.leftBehind.has('identities: logins with github are not known here'))
  })

  test('a bad line stops no other', async () => {
    const text = `{"user_id":\n17\n{"email":"x@example.com"}\n${lines(exported)}`
    const { lines: read, notes } = await readSource(fromAuth0, { 'a.ndjson': text }, { tenant: 'acme' })
    assert.equal(of(read, 'user').length, 1)
    assert.deepEqual(
      [...notes.leftBehind.keys()],
      ['users: is not JSON', 'users: is not an object', 'users: without user_id'],
    )
  })

  test('needs a tenant', () => assert.rejects(readSource(fromAuth0, {}), { message: /say --tenant KEY/ }))
})
