/** Whether a username exists must not show in how long a refusal takes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { logIn, makeKey } from '../support/account.ts'
import { LIBSQL_ONLY, startApp } from '../support/app.ts'
import { credentialsOf, makeWorld } from '../support/world.ts'

const ROUNDS = 30
const TOLERANCE = 0.2
const MOST_MEASUREMENTS = 3

describe('a refused login', LIBSQL_ONLY, () => {
  test('takes as long for an unknown username as for a known one', async () => {
    const app = await startApp({ LOGIN_LIMIT_PER_USERNAME: '1000' })
    const world = await makeWorld(app)
    await takesAsLong(world.user.username, async (username) => {
      const login = { ...credentialsOf(world), username, password: 'wrong password 1' }
      assert.equal((await app.post('/auth/login', login)).status, 401)
    })
  })

  test('with an API key takes as long too, also for somebody who is not active', async () => {
    const app = await startApp({ LOGIN_LIMIT_PER_USERNAME: '1000' })
    const world = await makeWorld(app)
    const inactive = await makeWorld(app, {
      membership: { tenantId: world.tenant.id, roleId: world.role.id, status: 2 },
    })
    const key = await makeKey(app, world)
    const refuse = (password: string) => async (username: string) => {
      const { body } = await logIn(app, key, { user: { ...world.user, username, password } })
      assert.equal(body.code, 1)
    }
    await takesAsLong(world.user.username, refuse('wrong password 1'))
    await takesAsLong(inactive.user.username, refuse(inactive.user.password))
  })
})

/** Other work on the machine may spoil a measurement; a leak spoils all of them. */
async function takesAsLong(known: string, refuse: (username: string) => Promise<void>): Promise<void> {
  const ratios: number[] = []
  while (ratios.length < MOST_MEASUREMENTS) {
    const ratio = await measure(known, refuse)
    if (Math.abs(1 - ratio) < TOLERANCE) return
    ratios.push(ratio)
  }
  assert.fail(`known takes ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')} times as long as unknown`)
}

async function measure(known: string, refuse: (username: string) => Promise<void>): Promise<number> {
  const time = async (username: string) => {
    const start = performance.now()
    await refuse(username)
    return performance.now() - start
  }
  const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.known.push(await time(known))
    times.unknown.push(await time(`nobody-${round}`))
  }
  return median(times.known) / median(times.unknown)
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
