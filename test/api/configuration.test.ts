/** Variables that change what goes over the wire. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { browserOf, logInAtGateway, SERVICE } from '../support/gateway.ts'
import { credentialsOf, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp({
    GATEWAY_COOKIE_NAME: 'dev-imidToken',
    GATEWAY_COOKIE_DOMAIN: 'example.com',
    SESSION_ABSOLUTE_SECONDS: '600',
    CLIENT_ADDRESS_HEADER: 'X-Real-IP',
    LOGIN_LIMIT_PER_ADDRESS: '2',
  })
  world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
})

describe('the gateway’s cookie', () => {
  test('has the name, the domain and the time that are configured, and is cleared with the same', async () => {
    const browser = browserOf(app)
    const set: string[] = []
    const { visit } = browser
    browser.visit = async (...request) => {
      const answer = await visit<never>(...request)
      set.push(...answer.headers.getSetCookie().filter((line) => !line.startsWith('__Host-')))
      return answer
    }
    await logInAtGateway(browser, world)
    assert.equal((await browser.visit('GET', '/imsg-service/v1/token-is-set')).status, 200)
    await browser.visit('POST', '/imsg-service/v1/logout')
    const [login = '', logout, ...more] = set
    const attributes = 'Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax'
    assert.equal(login.replace(/=[^;]+/, ''), `dev-imidToken; Max-Age=600; ${attributes}`)
    assert.equal(logout, `dev-imidToken=; Max-Age=0; ${attributes}`)
    assert.deepEqual(more, [])
  })
})

describe('the address of a client', () => {
  test('is what the configured header says, and no other', async () => {
    const guess = async (address: string, n: number) => {
      const others = {
        'x-forwarded-for': `192.0.2.${n}`,
        forwarded: `for=192.0.2.${n}`,
        'true-client-ip': `192.0.2.${n}`,
      }
      const credentials = { ...credentialsOf(world), username: `guess-${address}-${n}` }
      return (await app.post('/auth/login', credentials, { 'x-real-ip': address, ...others })).status
    }
    assert.deepEqual([await guess('203.0.113.5', 1), await guess('203.0.113.5', 2)], [401, 401])
    assert.deepEqual([await guess('203.0.113.5', 3), await guess('203.0.113.6', 4)], [429, 401])
  })
})
