import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Manager, manager } from '../support/devices.ts'
import { ask, headersV2 } from '../support/signatures.ts'
import { makeWorld } from '../support/world.ts'

let app: App
let application: Manager

before(async () => {
  app = await startApp()
  application = manager(app, (await makeWorld(app)).client)
})

describe('a list that cannot be taken', () => {
  const bad: Record<string, unknown> = {
    nothing: undefined,
    'an empty list': [],
    'no list': 'kept',
    'an object': { 0: 'kept', length: 1 },
    'a number': ['kept', 'fine', 5],
    null: ['kept', 'fine', null],
    'an empty name': ['kept', 'fine', ''],
    'a long name': ['kept', 'fine', 'x'.repeat(129)],
    'a line feed': ['kept', 'fine', 'a\nb'],
    'a NUL': ['kept', 'fine', 'a\u0000b'],
    'a C1 control character': ['kept', 'fine', 'a\u0085b'],
    'half a character': ['kept', 'fine', 'a\ud800b'],
    'a thousand and one': Array.from({ length: 1001 }, (_, n) => (n === 0 ? 'kept' : `n${n}`)),
  }
  for (const operation of ['add_users', 'delete_users'])
    test(`is refused as a whole by ${operation}`, async () => {
      await application.add(['kept'])
      for (const [what, users] of Object.entries(bad)) {
        const { status, body } = await application.post<{ status: boolean; reason: string }>(operation, { users })
        assert.deepEqual([status, body.status], [200, false], what)
        assert.ok(body.reason, what)
      }
      assert.equal((await application.coreUsers(['fine', 'n1'])).length, 0)
      assert.equal((await application.hasDevice('kept')).status, 200)
    })

  test('is refused in the family’s shape also where it is no JSON, too large or of another type', async () => {
    const path = `/add_users/${application.clientId}`
    for (const [text, expected] of [
      ['{', 400],
      ["{'users': ['user1']}", 400],
      ['"users"', 200],
      ['x'.repeat(2 * 1024 * 1024 + 1), 413],
    ] as const) {
      const { status, body } = await ask(app, application, 'POST', path, text)
      assert.deepEqual([status, body['status']], [expected, false])
    }
    const headers = headersV2(app, application, 'POST', path, 'a=b', { contentType: 'text/plain' })
    const { status, body } = await app.request('POST', path, { headers, body: 'a=b' })
    assert.deepEqual([status, body['status']], [415, false])
  })
})

describe('user ids in the path', () => {
  const awkward = [
    ...['a/b', 'a+b', 'a b', '%2F', '100%', 'a%41', '?', '#', '&=', 'a;b=c', '\'"<>`{}|\\^', 'a/../b', '~._-'],
    ...['\u00fc', 'u\u0308', '日本語/👩‍👩‍👧', 'x'.repeat(128), '👍'.repeat(128)],
  ]

  test('arrive as they were added, each its own user', async () => {
    const { body } = await application.add(awkward)
    assert.deepEqual(body.users, { created: awkward, existing: [] })
    for (const id of awkward) {
      const { status, text } = await application.hasDevice(id)
      assert.equal(status, 200, `${id}: ${text}`)
    }
    for (const id of ['a/b', 'A+B', 'aAb', 'a%2Fb', '%']) {
      await application.remove([id])
      const { status, body } = await application.hasDevice(id)
      assert.equal(status, 404)
      const reason = `Client Application ${application.clientId} or User ${id} not found.`
      assert.deepEqual(body, { status: false, reason })
    }
  })

  test('may be escaped in lower case, and a plus is a plus', async () => {
    await application.add(['plus+\u00fc', 'plus \u00fc'])
    await application.remove(['plus \u00fc'])
    for (const spelling of ['plus+%C3%BC', 'plus%2b%c3%bc', '%70lus+%C3%bc']) {
      const target = `/has_registered_mobile_device/${application.clientId}/${spelling}`
      assert.equal((await ask(app, application, 'GET', target)).status, 200, spelling)
    }
  })
})

describe('other addresses of the family', () => {
  test('are not found, in its own words', async () => {
    const { clientId } = application
    for (const path of ['/management', '/management/no', `/add_users/${clientId}/x`, '/lost_user_mobile_device/x'])
      for (const method of ['GET', 'POST', 'PUT']) {
        const { status, body } = await app.request(method, path)
        assert.deepEqual([status, body['status']], [404, false], `${method} ${path}`)
      }
  })

  test('HEAD runs nothing', async () => {
    const { status } = await app.request('HEAD', `/lost_user_mobile_device/${application.clientId}/kept`)
    assert.equal(status, 404)
  })
})
