/** Whether a username exists must not show in how long a refusal takes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIBSQL_ONLY, startApp } from '../support/app.ts'
import { credentialsOf, makeWorld } from '../support/world.ts'

const ROUNDS = 30
const TOLERANCE = 0.2

describe('a refused login', LIBSQL_ONLY, () => {
  test('takes as long for an unknown username as for a known one', async () => {
    const app = await startApp({ LOGIN_LIMIT_PER_USERNAME: '1000' })
    const world = await makeWorld(app)
    const known = { ...credentialsOf(world), password: 'wrong password 1' }
    const refuse = async (body: object) => {
      const start = performance.now()
      assert.equal((await app.post('/auth/login', body)).status, 401)
      return performance.now() - start
    }
    const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] }
    for (let round = 0; round < ROUNDS; round++) {
      times.known.push(await refuse(known))
      times.unknown.push(await refuse({ ...known, username: `nobody-${round}` }))
    }
    const ratio = median(times.known) / median(times.unknown)
    assert.ok(Math.abs(1 - ratio) < TOLERANCE, `known takes ${ratio.toFixed(2)} times as long as unknown`)
  })
})

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
