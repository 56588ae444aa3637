/** How the mail binding's failures are taken; Cloudflare's codes cannot be provoked locally. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SendEmail } from '@cloudflare/workers-types'
import { createDelivery } from '../../src/platform/delivery.ts'
import { configured, failed, MAIL } from './messages.ts'

const count = () => undefined
const config = configured({ DELIVERY: 'binding', DELIVERY_FROM: 'id@us.example' })
const refusal = (code: string) => Promise.reject(Object.assign(new Error(`for ${MAIL.to}`), { code }))

/** Answers how often the binding was asked, and what was logged. */
async function deliver(send: (attempt: number) => Promise<unknown>) {
  const logged: unknown[] = []
  let attempts = 0
  const log = (...line: unknown[]) => logged.push(line)
  const binding = { send: () => send(++attempts) } as unknown as SendEmail
  const patience = { timeoutMs: 50, pausesMs: [1, 1] }
  await createDelivery(
    { config, db: undefined as never, fetch, now: () => new Date(), log, count },
    binding,
    patience,
  )(MAIL)
  return { attempts, logged }
}

describe('the mail binding', () => {
  test('is asked again when it is busy', async () => {
    const busyOnce = (attempt: number) => (attempt === 1 ? refusal('E_RATE_LIMIT_EXCEEDED') : Promise.resolve())
    assert.deepEqual(await deliver(busyOnce), { attempts: 2, logged: [] })
  })

  test('is believed when it refuses, and its code is logged', async () => {
    const logged = failed({ errorCode: 'E_SENDER_DOMAIN_NOT_AVAILABLE', temporary: false })
    assert.deepEqual(await deliver(() => refusal('E_SENDER_DOMAIN_NOT_AVAILABLE')), { attempts: 1, logged })
  })

  test('is not waited for without end, nor asked again when the mail may be on its way', async () => {
    const logged = failed({ errorCode: 'timeout', temporary: false })
    assert.deepEqual(await deliver(() => new Promise(() => {})), { attempts: 1, logged })
  })

  test('stops the start with one sentence when it is not there', () => {
    const outside = { config, db: undefined as never, fetch, now: () => new Date(), log: () => {}, count }
    assert.throws(() => createDelivery(outside), /^Error: Gatehouse cannot start: DELIVERY=binding needs .*\.$/)
  })
})
