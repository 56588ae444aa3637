/** What becomes of Auth0's people. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromAuth0 } from '../../src/commands/import/from-auth0.ts'
import { linesOf, readSource } from '../support/moving.ts'

const json = (value: unknown) => JSON.stringify(value)

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
    const people = linesOf(first ?? [], 'user').map(({ username, passwordHash, status, authProvider, firstName }) => [
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
      linesOf(first ?? [], 'identity').map(({ kind, subject }) => [kind, subject]),
      [['google', '117']],
    )
    assert.equal(linesOf(first ?? [], 'membership').length, 2)
    const { notes } = reads[0] ?? {}
    assert.ok(notes?.changes.has('users: with a second factor that has to be enrolled again'))
    assert.ok(notes?.leftBehind.has('identities: logins with github are not known here'))
  })

  test('a bad line stops no other', async () => {
    const text = `{"user_id":\n17\n{"email":"x@example.com"}\n${lines(exported)}`
    const { lines: read, notes } = await readSource(fromAuth0, { 'a.ndjson': text }, { tenant: 'acme' })
    assert.equal(linesOf(read, 'user').length, 1)
    assert.deepEqual(
      [...notes.leftBehind.keys()],
      ['users: is not JSON', 'users: is not an object', 'users: without user_id'],
    )
  })

  test('needs a tenant', () => assert.rejects(readSource(fromAuth0, {}), { message: /say --tenant KEY/ }))
})
