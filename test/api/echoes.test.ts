/** A refusal says what was wrong, and never repeats a secret: answers are kept and logged by whoever asked. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, type App, startApp } from '../support/app.ts'

const SECRET = 'hush-hush'

let app: App
before(async () => {
  app = await startApp({ LOG_LEVEL: 'debug' })
})

function refusedWithoutEcho({ status, text, headers }: Answer, expected: number, says: string): void {
  assert.equal(status, expected, text)
  assert.ok(text.includes(says), text)
  assert.ok(!text.includes('hush') && !JSON.stringify([...headers]).includes('hush'), text)
}

describe('a secret is not repeated', () => {
  test('where it comes twice in a query', async () => {
    const twice = (name: string) => `${name}=${SECRET}&${name}=${SECRET}`
    for (const provider of ['google', 'azure', 'keycloak', 'cognito'])
      refusedWithoutEcho(
        await app.get(`/auth/${provider}?client_id=web&${twice('client_secret')}`),
        400,
        'Invalid data for parameter \\"client_secret\\".',
      )
    const link = await app.get(`/auth/verify-reset-password-link?${twice('token')}`)
    refusedWithoutEcho(link, 400, 'Invalid data for parameter \\"token\\".')
    const other = await app.get('/auth/google?client_id=web&client_id=app')
    assert.match(other.text, /Invalid data \[\\"web\\",\\"app\\"\] for parameter/)
  })

  test('where the JSON around it is broken', async () => {
    const asOperator = { 'x-api-key': 'x' }
    for (const body of [`{"password": ${SECRET}}`, SECRET, `{"password": "x" ${SECRET}`, `"${SECRET}"${SECRET}`])
      for (const path of ['/auth/login', '/auth/token', '/v1/auth/login']) {
        const { status, text } = await app.post(path, body, asOperator)
        assert.ok(status === 400 || status === 401, text)
        assert.doesNotMatch(text, /hush/)
      }
    assert.match((await app.post('/auth/login', SECRET)).text, /"message":"Unexpected token 'h' in JSON"/)
    assert.match((await app.post('/auth/login', '{')).text, / in JSON at position 1/)
  })

  test('in the log of either, at its most talkative', () => {
    assert.ok(app.log().some((line) => line.includes('request refused')))
    assert.ok(!app.log().some((line) => line.includes('hush')))
  })
})
