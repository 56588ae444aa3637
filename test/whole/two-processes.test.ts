/** Two processes over one file, as two instances behind a load balancer: what may happen once still happens once. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { freshDatabase } from '../support/folder.ts'
import type { Task } from '../support/neighbour.ts'
import { SECRETS } from '../support/variables.ts'
import { credentialsOf, getCode, makeWorld, type World } from '../support/world.ts'

const EACH = 25

describe('of two processes over one file', LIBSQL_ONLY, () => {
  const variables = { ...SECRETS, LIBSQL_URL: freshDatabase() }
  let app: App
  let world: World
  let neighbour: ChildProcess

  before(async () => {
    app = await startApp(variables)
    world = await makeWorld(app)
    neighbour = fork(new URL('../support/neighbour.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
    neighbour.send(variables)
    await once(neighbour, 'message')
  })
  after(() => neighbour.kill())

  /** All statuses of the same request, sent by both at once. */
  async function askBoth(path: string, body: object): Promise<number[]> {
    neighbour.send({ path, body, times: EACH } satisfies Task)
    const [ours, [theirs]] = await Promise.all([
      Promise.all(Array.from({ length: EACH }, () => app.post(path, body))),
      once(neighbour, 'message'),
    ])
    return [...ours.map(({ status }) => status), ...(theirs as number[])].sort()
  }

  test('one gets the tokens for a code', async () => {
    const code = await getCode(app, world)
    const statuses = await askBoth('/auth/token', { code, clientId: world.client.clientId })
    assert.deepEqual(statuses, [200, ...Array(2 * EACH - 1).fill(401)])
  })

  test('neither gives room for more wrong passwords than ten', async () => {
    const statuses = await askBoth('/auth/login', { ...credentialsOf(world), password: 'wrong password 1' })
    assert.deepEqual(statuses, [...Array(10).fill(401), ...Array(2 * EACH - 10).fill(429)])
  })
})
