/** What a process remembers, and when it asks again. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readOrLast, remember } from '../../src/core/memory.ts'
import type { Db, Ports } from '../../src/deps.ts'

/** A store whose answers come when the test says so, and what is remembered of it. */
function slowStore() {
  let clock = 0
  const asked: { answer(value: string): void; fail(): void }[] = []
  const remembered = remember(60_000, () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    asked.push({ answer: resolve, fail: () => reject(new Error('down')) })
    return promise
  })
  const log = () => undefined
  const deps = { db: {} as Db, now: () => new Date(clock), log } satisfies Pick<Ports, 'db' | 'now' | 'log'>
  const pass = (ms: number) => {
    clock += ms
  }
  return { asked, remembered, deps, pass, read: () => remembered(deps) }
}

describe('what is remembered', () => {
  test('is asked for again after its time, and after it was forgotten', async () => {
    const { asked, remembered, deps, pass, read } = slowStore()
    const first = read()
    asked[0]?.answer('a')
    assert.equal(await first, 'a')
    assert.equal(await read(), 'a')
    assert.equal(asked.length, 1)
    remembered.forget(deps)
    const second = read()
    asked[1]?.answer('b')
    assert.equal(await second, 'b')
    pass(60_000)
    const third = read()
    asked[2]?.answer('c')
    assert.deepEqual([await third, await read()], ['c', 'c'])
  })

  test('is not what was read before a change and came after it', async () => {
    const { asked, remembered, deps, read } = slowStore()
    const early = read()
    remembered.forget(deps)
    asked[0]?.answer('before')
    assert.equal(await early, 'before', 'whoever asked before the change hears what was true then')
    const late = read()
    assert.equal(asked.length, 2)
    asked[1]?.answer('after')
    assert.equal(await late, 'after')
  })

  test('is not what was read before a change and came after what was read later', async () => {
    const { asked, remembered, deps, read } = slowStore()
    const early = read()
    remembered.forget(deps)
    const late = read()
    asked[1]?.answer('after')
    await late
    asked[0]?.answer('before')
    await early
    assert.equal(await read(), 'after')
    assert.equal(remembered.last(deps), 'after')
  })

  test('that was forgotten is still the last resort while the store is down', async () => {
    const { asked, remembered, deps, read } = slowStore()
    const early = read()
    remembered.forget(deps)
    asked[0]?.answer('before')
    await early
    const grace = readOrLast(deps, remembered)
    asked[1]?.fail()
    assert.equal(await grace, 'before')
  })
})
