import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { clientForm, makeConnectedWorld } from '../support/federation.ts'
import { type Stage, setStage, startOwn, testThatItLetsPeopleIn } from '../support/hostile-login.ts'
import { STORE } from '../support/service.ts'
import { ORIGIN } from '../support/variables.ts'
import { openVisitor } from '../support/visitor.ts'

/** workerd is asked not to follow, and does not; but wrangler's harness puts Node's fetch in between, which does. */
const SEES_REDIRECTS = { skip: STORE === 'libsql' ? false : 'the harness follows redirects before workerd sees them' }

let app: App
let stage: Stage

before(async () => {
  app = await startApp()
  stage = await setStage(app)
})
after(() => stage.idp.stop())

testThatItLetsPeopleIn(() => stage, 'before')

describe('a provider that', () => {
  const json = (response: ServerResponse, status: number, body: unknown) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body))

  test('answers slowly is waited for five seconds', () =>
    stage.assertRefused({ instead: { '/token': () => {} } }, 'temporarily_unavailable'))

  test('sends its answer byte by byte is waited for five seconds', () =>
    stage.assertRefused(
      {
        instead: {
          '/token': (response) => {
            response.writeHead(200, { 'content-type': 'application/json' })
            const drip = setInterval(() => response.write(' '), 100)
            response.on('close', () => clearInterval(drip))
          },
        },
      },
      'temporarily_unavailable',
    ))

  test('sends a huge answer is not listened to', () =>
    stage.assertRefused({
      instead: { '/token': (response) => json(response, 200, `{"access_token":"${'a'.repeat(2 ** 20)}"}`) },
    }))

  test('sends endlessly is not listened to', () =>
    stage.assertRefused({
      instead: {
        '/token': (response) => {
          response.writeHead(200, { 'content-type': 'application/json' })
          const more = () => void (!response.destroyed && response.write(' '.repeat(65_536), () => setImmediate(more)))
          more()
        },
      },
    }))

  test('answers something else than JSON objects is refused', async () => {
    for (const body of [
      '',
      '[]',
      'null',
      '{',
      '<html></html>',
      '"text"',
      '{"access_token":7}',
      '{"access_token":""}',
      '[[['.repeat(10_000),
    ])
      await stage.assertRefused({ instead: { '/token': (response) => json(response, 200, body) } })
  })

  test('redirects is not followed', SEES_REDIRECTS, async (t) => {
    const canary = await startOwn(t, app)
    for (const status of [301, 302, 303, 307, 308])
      await stage.assertRefused({
        instead: { '/token': (response) => response.writeHead(status, { location: `${canary.issuer}/token` }).end() },
      })
    assert.deepEqual(canary.asked, {})
  })

  test('refuses the code is not described to anybody', async () => {
    const { told, subject } = await stage.logIn({
      instead: {
        '/token': (response) => json(response, 400, { error: 'invalid_grant', error_description: 'internal detail' }),
      },
    })
    assert.deepEqual(told['error_description'], 'The login provider gave no acceptable answer')
    await stage.assertNothingStored(subject)
  })

  test('is down tells the client to try again, at the start too', async () => {
    await stage.assertRefused(
      { instead: { '/token': (response) => json(response, 503, {}) } },
      'temporarily_unavailable',
    )
    const gone = await makeConnectedWorld(app, { ...stage.idp.connection, issuer: 'http://localhost:9' })
    const visitor = openVisitor(app)
    const { headers } = await visitor.ask(
      `${ORIGIN}/auth/oidc`,
      new URLSearchParams({ ...clientForm(gone), state: 'mine' }),
    )
    const told = new URL(headers.get('location') ?? '').searchParams
    assert.deepEqual([told.get('error'), told.get('state')], ['temporarily_unavailable', 'mine'])
  })

  test('says that it is somebody else is refused at the start', async (t) => {
    const liar = await startOwn(t, app)
    liar.wish({
      instead: {
        '/.well-known/openid-configuration': (response) =>
          json(response, 200, {
            issuer: stage.idp.issuer,
            authorization_endpoint: `${liar.issuer}/authorize`,
            token_endpoint: `${liar.issuer}/token`,
          }),
      },
    })
    const own = await makeConnectedWorld(app, liar.connection)
    const { headers } = await openVisitor(app).ask(`${ORIGIN}/auth/oidc`, new URLSearchParams(clientForm(own)))
    assert.match(headers.get('location') ?? '', /^https:\/\/app\.example\/.*error=server_error/)
  })

  test('sends people to a script is refused at the start', async (t) => {
    const liar = await startOwn(t, app)
    const own = await makeConnectedWorld(app, liar.connection)
    for (const authorization of ['javascript:alert(1)', 'data:text/html,x', 'not a url']) {
      liar.wish({
        instead: {
          '/.well-known/openid-configuration': (response) =>
            json(response, 200, {
              issuer: liar.issuer,
              authorization_endpoint: authorization,
              token_endpoint: `${liar.issuer}/token`,
            }),
        },
      })
      const { headers } = await openVisitor(app).ask(`${ORIGIN}/auth/oidc`, new URLSearchParams(clientForm(own)))
      assert.match(headers.get('location') ?? '', /^https:\/\/app\.example\/.*error=server_error/)
    }
  })
})

testThatItLetsPeopleIn(() => stage, 'after')
