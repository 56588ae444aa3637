/** Whether somebody exists must not show in how long an answer takes. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createApp } from '../../src/app.ts'
import { startReceiver } from '../platform/receiver.ts'
import { makeKey, withKey } from '../support/account.ts'
import { type App, askThrough, freshAddress, LIBSQL_ONLY } from '../support/app.ts'
import { browserOf, SERVICE, startLogin } from '../support/gateway.ts'
import { startOnLibsql } from '../support/libsql.ts'
import { credentialsOf, makeWorld, type World } from '../support/world.ts'

/** Where a password is hashed that takes most of the time, elsewhere chance does. */
const ROUNDS = { hashed: 30, quick: 100 }
const TOLERANCE = 0.2
const MOST_MEASUREMENTS = 5

/** As in production: letters go to a service, after the answer. */
const LETTERS = { DELIVERY: 'webhook', DELIVERY_SECRET: 'a secret of the deliveries', ALLOW_INSECURE_PEERS: 'true' }

interface Question {
  path: string
  body: Record<string, string | undefined>
  headers?: Record<string, string>
  /** Sent as a form. */
  form?: true
}

describe('an answer takes as long for a name that nobody has', LIBSQL_ONLY, () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let app: App
  let world: World
  let answerTo: (question: Question) => Promise<number>
  /** What goes on after the answers. */
  const deferred = new Set<Promise<unknown>>()

  before(async () => {
    receiver = await startReceiver()
    const variables = { LOGIN_LIMIT_PER_USERNAME: '1000', ...LETTERS, DELIVERY_URL: receiver.url }
    const service = await startOnLibsql(variables)
    app = askThrough(service)
    world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE], signUp: { mode: 'open' } } })
    const router = createApp({ ...service.ports, defer: (work) => void deferred.add(work) })
    answerTo = async ({ path, body, headers, form }) => {
      const type = form ? 'application/x-www-form-urlencoded' : 'application/json'
      const sent = form ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body)
      const init = { method: 'POST', headers: { 'content-type': type, ...headers }, body: sent }
      const { status } = await router.request(path, init, { from: freshAddress() })
      return status
    }
  })
  after(() => receiver.close())

  const client = () => ({ client_id: world.client.clientId, client_secret: world.client.clientSecret })

  test('at a login that is refused', async () => {
    const login = { ...credentialsOf(world), password: 'wrong password 1' }
    await takesAsLong(world.user.username, 401, (username) => ({ path: '/auth/login', body: { ...login, username } }))
  })

  test('at a login with an API key, also for somebody who is not active', async () => {
    const membership = { tenantId: world.tenant.id, roleId: world.role.id, status: 2 }
    const inactive = await makeWorld(app, { membership })
    const headers = withKey(await makeKey(app, world))
    const refuse = (password: string) => (username: string) => ({
      path: '/v1/auth/login',
      body: { username, password },
      headers,
    })
    await takesAsLong(world.user.username, 200, refuse('wrong password 1'))
    await takesAsLong(inactive.user.username, 200, refuse(inactive.user.password))
  })

  test('at a forgotten password, also for somebody who has none here', async () => {
    const external = await makeWorld(app, { user: { authProvider: 'google' } })
    for (const { user } of [world, external])
      await takesAsLong(user.username, 204, (username) => ({
        path: '/auth/forget-password',
        body: { ...client(), username },
      }))
  })

  test('at a request for a one-time code', async () => {
    await takesAsLong(world.user.username, 204, (key) => ({ path: '/auth/send-otp', body: { ...client(), key } }))
  })

  test('at a sign-up', async () => {
    const data = { tenant: world.tenant.key } as never
    await takesAsLong(world.user.email, 204, (name) => ({
      path: '/auth/sign-up/create-token',
      body: { email: name.includes('@') ? name : `${name}@example.com`, data },
    }))
  })

  test('at the hosted login: the code, the wrong code, the forgotten password', async () => {
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const ask = (path: string, body: Record<string, string>): Question => ({
      path,
      body: { flow, ...body },
      headers: { cookie },
      form: true,
    })
    const { username } = world.user
    await takesAsLong(username, 303, (name) => ask('/login/send-code', { username: name }))
    const send = (name: string) => answerTo(ask('/login/send-code', { username: name }))
    await takesAsLong(username, 422, () => ask('/login/code', { code: 'wrong' }), send)
    await takesAsLong(username, 200, (name) => ask('/login/forgot', { username: name }))
  })

  /** Else the letters of one are written and sent while the other is measured. */
  async function settled(): Promise<void> {
    await Promise.all(deferred)
    deferred.clear()
  }

  /** Other work on the machine spoils some measurements, which more of them outweigh. `first` is not measured. */
  async function takesAsLong(
    known: string,
    status: number,
    ask: (name: string) => Question,
    first?: (name: string) => Promise<unknown>,
  ): Promise<void> {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
    const ratios: number[] = []
    while (ratios.length < MOST_MEASUREMENTS) {
      await measure()
      const ratio = median(times.known) / median(times.unknown)
      if (Math.abs(1 - ratio) < TOLERANCE) return
      ratios.push(ratio)
    }
    assert.fail(`known takes ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')} times as long as unknown`)

    async function measure(): Promise<void> {
      const rounds = status === 401 || ask('').path.startsWith('/v1') ? ROUNDS.hashed : ROUNDS.quick
      for (let round = 0; round < rounds; round++) {
        await app.rows('delete from throttles')
        await app.rows(`delete from one_time_secrets where kind in ('reset_link', 'sign_up_link', 'otp')`)
        const names: [keyof typeof times, string][] = [
          ['known', known],
          ['unknown', `nobody-${round}`],
        ]
        // In turn, so that being second is nobody's advantage.
        for (const [who, name] of round % 2 ? names : names.reverse()) times[who].push(await time(name))
      }
    }

    async function time(name: string): Promise<number> {
      await first?.(name)
      await settled()
      const start = performance.now()
      const answered = await answerTo(ask(name))
      const took = performance.now() - start
      assert.equal(answered, status)
      await settled()
      return took
    }
  }
})

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
