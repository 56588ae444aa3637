/** The last line of defence: even what should never have been handed to the log does not come out of it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Log } from '../../src/deps.ts'
import { createLog } from '../../src/platform/logger.ts'

function record(LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error' = 'debug') {
  const lines: string[] = []
  return { log: createLog({ LOG_LEVEL }, (line) => lines.push(line)), lines }
}

/** The fields of the one line that this event makes. */
function fieldsOf(...event: Parameters<Log>): Record<string, unknown> {
  const { log, lines } = record()
  log(...event)
  assert.equal(lines.length, 1)
  return JSON.parse(lines[0] ?? '')
}

/** An error as the database library throws it: the statement and its bound values are in the message. */
function queryError(): Error {
  const cause = new Error('UNIQUE constraint failed: users.username_key')
  return Object.assign(
    new Error('Failed query: insert into users\nparams: ada@example.com,hunter2hunter2', { cause }),
    {
      name: 'DrizzleQueryError',
    },
  )
}

const CONFIDENTIAL = {
  'a mail address': 'ada.lovelace+x@example.co.uk',
  'an access token': 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  'an argon2id hash': '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA',
  'a bcrypt hash': '$2b$12$abcdefghijklmnopqrstuu',
  'a random token': 'q3J0v8sX1yZk2LmN4pQr5tUw',
  'a refresh token': '01a21461-c719-75df-83ed-7c8ff2de2814.1.LZRNwQ6dYVWm0gLq3v6oM8J4nQe0Xk8uUjYtAqWcS1o',
  'an API key': 'api_Q0lCSkVEUkFNUExFS0VZMTIzNDU2Nzg5',
}

describe('the log', () => {
  test('writes one JSON line an event, with time, level and name', () => {
    const { at, ...rest } = fieldsOf('info', 'request', { status: 200, route: '/auth/login', actorId: null })
    assert.ok(Math.abs(Date.now() - Date.parse(String(at))) < 5000)
    assert.deepEqual(rest, { level: 'info', event: 'request', status: 200, route: '/auth/login', actorId: null })
  })

  test('keeps ids and error codes, which say what happened', () => {
    const requestId = 'c17a1d53-5a24-4dd5-8f0b-8a0f5c1b7d11'
    const { errorCode, requestId: kept } = fieldsOf('info', 'x', { errorCode: 'credentials_invalid', requestId })
    assert.deepEqual([errorCode, kept], ['credentials_invalid', requestId])
  })

  test('says nothing below its level', () => {
    const { log, lines } = record('warn')
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log(level, level)
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).level),
      ['warn', 'error'],
    )
  })

  test('cannot be made to write two lines', () => {
    const { log, lines } = record()
    log('info', 'x', { route: 'a\n{"level":"error"}\r\u2028' })
    assert.deepEqual(
      lines.map((line) => line.split(/[\r\n]/).length),
      [1],
    )
  })
})

describe('the log keeps to itself', () => {
  for (const [name, value] of Object.entries(CONFIDENTIAL)) {
    test(`${name}, under whatever name it comes`, () => {
      const nested = { list: [{ deep: value }] }
      const line = JSON.stringify(fieldsOf('info', 'x', { note: `before ${value} after`, value, nested }))
      assert.ok(!line.includes(value), line)
      assert.match(line, /before \S*\[redacted\] after/)
    })

    test(`${name} in an error's message`, () => {
      const line = JSON.stringify(fieldsOf('error', 'x', { cause: new Error(`no ${value} here`) }))
      assert.ok(!line.includes(value), line)
    })
  }

  for (const name of [
    'password',
    'client_secret',
    'refreshToken',
    'code',
    'apiKey',
    'authorization',
    'cookie',
    'email',
    'otp',
  ])
    test(`anything called ${name}`, () => assert.equal(fieldsOf('info', 'x', { [name]: 'abc' })[name], '[redacted]'))

  test('what a failed query was about, but not why and where it failed', () => {
    const line = JSON.stringify(fieldsOf('error', 'x', { cause: queryError() }))
    assert.ok(!/ada|hunter2|params/.test(line), line)
    assert.match(line, /DrizzleQueryError < Error/)
    assert.match(line, /UNIQUE constraint failed/)
    assert.match(line, /logger\.test/)
  })
})
