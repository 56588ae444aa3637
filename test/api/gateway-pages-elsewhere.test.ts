/** Pages of an organisation that stand elsewhere than the gateway: what they may read of it. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { comeIn, SERVICE } from '../support/gateway.ts'
import { makeWorld } from '../support/world.ts'

const OWN = new URL(SERVICE).origin
const OTHER = 'https://elsewhere.example'

let app: App
let ask: Awaited<ReturnType<typeof comeIn>>['ask']

before(async () => {
  app = await startApp()
  await makeWorld(app, { tenant: { callbackUrls: [OTHER] } })
  ;({ ask } = await comeIn(app))
})

const readerOf = ({ headers }: { headers: Headers }) => headers.get('access-control-allow-origin')

for (const path of ['/token-is-set', '/units'])
  describe(path, () => {
    test('may be read, with credentials, by pages of the organisation and by no others', async () => {
      const answer = await ask('GET', path, { origin: OWN, 'sec-fetch-site': 'same-site' })
      assert.deepEqual([answer.status, readerOf(answer)], [200, OWN])
      assert.equal(answer.headers.get('access-control-allow-credentials'), 'true')
      assert.match(answer.headers.get('vary') ?? '', /origin/i)
      for (const origin of [OTHER, 'https://evil.example', 'null', `${OWN}.evil.example`])
        assert.equal(readerOf(await ask('GET', path, { origin })), null, origin)
    })
  })

for (const [method, path] of [
  ['GET', '/token-is-set'],
  ['GET', '/units'],
  ['POST', '/unit'],
] as const)
  test(`${path} lets the pages of any organisation learn that nobody is there, and no others`, async () => {
    for (const [origin, reader] of Object.entries({ [OWN]: OWN, [OTHER]: OTHER, 'https://evil.example': null })) {
      const answer = await app.request<unknown>(method, `/imsg-service/v1${path}`, { headers: { origin } })
      assert.deepEqual([answer.status, answer.body, readerOf(answer)], [401, 'errors.auth.MissingToken', reader])
    }
  })

describe('the path with two slashes, as the older documentation has it,', () => {
  test('leads to the same', async () => {
    const at = `${app.origin}//imsg-service/v1`
    assert.equal((await app.get(`${at}/health`)).status, 200)
    assert.deepEqual((await app.get<unknown>(`${at}/token-is-set`)).body, 'errors.auth.MissingToken')
  })
})
