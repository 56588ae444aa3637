import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { invalidParameter } from '../support/activity.ts'
import { type App, startApp } from '../support/app.ts'
import { invalidWith, missing, mustBe } from '../support/auth-errors.ts'
import { bearer, credentialsOf, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

describe('a parameter of the auth family', () => {
  test('that is missing is named', async () => {
    for (const [path, name] of [
      ['/auth/saml/metadata', 'connection'],
      ['/auth/saml/metadata?connection=', 'connection'],
      ['/auth/verify-reset-password-link', 'token'],
    ]) {
      const { status, body } = await app.get(`${path}`)
      assert.equal(status, 400)
      const message = `Required parameter ${name} is missing!`
      const error = { statusCode: 400, name: 'BadRequestError', message, code: 'MISSING_REQUIRED_PARAMETER' }
      assert.deepEqual(body, { error })
    }
  })

  test('that is wrong, or comes twice, is shown', async () => {
    const long = 'x'.repeat(2001)
    const start = `/auth/google?client_id=${world.client.clientId}`
    invalidParameter(await app.get(`${start}&state=${long}`), 'state', long)
    invalidParameter(await app.get(`${start}&codeChallenge=plain`), 'codeChallenge', 'plain')
    for (const [path, name] of [
      ['/auth/azure', 'client_id'],
      ['/active-users/daily', 'startDate'],
      ['/login-activity', 'filter'],
    ] as const)
      assert.equal(invalidParameter(await app.get(`${path}?${name}=a&${name}=b`), name, ['a', 'b']), undefined)
    const tokens = bearer(await getTokens(app, world))
    invalidParameter(await app.delete('/auth/identities/myspace', tokens), 'provider', 'myspace')
  })

  test('does not hide that a start by GET is deprecated', async () => {
    for (const query of ['client_id=a&client_id=b', '', 'client_id=a&client_secret=b'])
      for (const provider of ['google', 'azure', 'keycloak', 'cognito'])
        assert.match((await app.get(`/auth/${provider}?${query}`)).headers.get('deprecation') ?? '', /^@\d+$/)
  })
})

describe('a body of the auth family', () => {
  test('that is JSON, but no object, is not valid; what is no JSON cannot be read', async () => {
    const empty = await app.post('/auth/token-refresh', '')
    invalidWith(empty, [missing('refreshToken')])
    for (const json of ['"x"', '5', 'true', 'null', '[]'])
      invalidWith(await app.post('/auth/token-refresh', json), [mustBe('object', '')])
    for (const other of [' ', '{', "{'a':1}", '{"a":1,}']) {
      const { status, body } = await app.post<{ error: object }>('/auth/token-refresh', other)
      assert.equal(status, 400)
      assert.deepEqual(Object.keys(body.error), ['statusCode', 'name', 'message'])
    }
  })

  test('takes no credential from the header that holds nothing', async () => {
    const { body } = await app.get('/auth/me', { authorization: '' })
    assert.deepEqual(body, (await app.get('/auth/me')).body)
  })
})

describe('an answer of the auth family', () => {
  const typeOf = async (path: string, body: object) => (await app.post(path, body)).headers.get('content-type')

  test('is JSON; an error says in which characters', async () => {
    assert.equal(await typeOf('/auth/login', credentialsOf(world)), 'application/json')
    assert.equal(await typeOf('/auth/login', {}), 'application/json; charset=utf-8')
    assert.equal(await typeOf('/auth/nowhere', {}), 'application/json; charset=utf-8')
  })

  test('may be read, with credentials, by pages of a registered origin only; public keys by all, without', async () => {
    const own = await makeWorld(app, { client: { origins: ['https://app.example'] } })
    const cors = async (method: string, path: string, origin: string) => {
      const asked = { origin, 'access-control-request-method': 'POST' }
      const body = method === 'POST' ? credentialsOf(own) : undefined
      const { headers } = await app.request(method, path, { body, headers: asked })
      return ['origin', 'credentials'].map((name) => headers.get(`access-control-allow-${name}`))
    }
    for (const method of ['OPTIONS', 'POST']) {
      assert.deepEqual(await cors(method, '/auth/login', 'https://app.example'), ['https://app.example', 'true'])
      for (const other of ['https://evil.example', 'http://app.example', 'https://app.example:444', 'null'])
        assert.deepEqual(await cors(method, '/auth/login', other), [null, null])
    }
    assert.deepEqual(await cors('GET', '/.well-known/jwks.json', 'https://evil.example'), ['*', null])
  })

  test('to HEAD, and to any method or path that is not there, is that there is no such API', async () => {
    for (const [method, path] of [
      ['GET', '/auth/login'],
      ['PUT', '/auth/change-password'],
      ['DELETE', '/logout'],
      ['GET', '/auth/facebook'],
      ['GET', '/auth/saml'],
      ['GET', '/login-activity/1/2'],
    ] as const) {
      const { status, body } = await app.request(method, path)
      assert.equal(status, 404)
      assert.deepEqual(body, { error: { statusCode: 404, name: 'NotFoundError', message: 'API not found !' } })
    }
    for (const path of [
      '/auth/me',
      '/login-activity',
      '/auth/google',
      '/',
      '/docs',
      '/openapi.json',
      '/login',
      '/sign-up',
    ])
      assert.equal((await app.request('HEAD', path)).status, 404, path)
    for (const path of ['/.well-known/jwks.json', '/health']) {
      const { status, text } = await app.request('HEAD', path)
      assert.deepEqual([status, text], [200, ''])
    }
  })
})
