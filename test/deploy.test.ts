/** What stops a deployment before it begins. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findMisconfiguration, type Setting } from '../src/commands/deploy-check.ts'

describe('npm run deploy', () => {
  const secrets = ['MASTER_KEY', 'ADMIN_API_KEY', 'DELIVERY_SECRET']
  const vars = { PUBLIC_ORIGIN: 'https://auth.example.com', DELIVERY: 'brevo', DELIVERY_FROM: 'auth@example.com' }
  const complete = { vars, secrets, sendsMail: false }

  test('goes ahead when everything is set', () => {
    assert.deepEqual(findMisconfiguration(complete), [])
  })

  test('says everything that is missing, and how to set it', () => {
    const problems = findMisconfiguration({ vars: {}, secrets: [], sendsMail: false })
    assert.deepEqual(
      problems.map((problem) => problem.split(' ')[0]),
      ['PUBLIC_ORIGIN', 'DELIVERY', 'MASTER_KEY', 'ADMIN_API_KEY'],
    )
  })

  const refused: Record<string, Partial<Setting>> = {
    'MASTER_KEY is a secret': { vars: { ...vars, MASTER_KEY: 'x' } },
    'DELIVERY_SECRET is missing': { secrets: secrets.slice(0, 2) },
    'DELIVERY_FROM is missing': { vars: { PUBLIC_ORIGIN: vars.PUBLIC_ORIGIN, DELIVERY: 'brevo' } },
    'DELIVERY may be outbox on localhost only': { vars: { ...vars, DELIVERY: 'outbox' } },
    'PUBLIC_ORIGIN is this machine': { vars: { ...vars, PUBLIC_ORIGIN: 'http://localhost:8787' } },
    'PUBLIC_ORIGIN must be https': { vars: { ...vars, PUBLIC_ORIGIN: 'http://auth.example.com' } },
    'DELIVERY=binding needs the mail binding': { vars: { ...vars, DELIVERY: 'binding' } },
    'LIBSQL_URL is a file': { vars: { ...vars, LIBSQL_URL: 'file:x.db' } },
    'LIBSQL_URL is among the secrets': { secrets: [...secrets, 'LIBSQL_URL'] },
  }
  for (const [words, change] of Object.entries(refused)) {
    test(`refuses: ${words}`, () => {
      const problems = findMisconfiguration({ ...complete, ...change })
      assert.equal(problems.length, 1)
      assert.ok(problems[0]?.includes(words), problems[0])
    })
  }
})
