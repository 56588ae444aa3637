/** Delivery inside workerd: the same port over that runtime's fetch, and the mail binding. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { harnessOf } from './harness.ts'
import { configured, type Errand, failed, MAIL, SECRET, SMS, webhookAt } from './messages.ts'
import { reply, silence, startReceiver } from './receiver.ts'

const SENT_MAILS = '/cdn-cgi/local/explorer/api/local/email/sending'

describe('delivery on workerd', () => {
  const harness = harnessOf({
    name: 'delivery',
    main: 'test/platform/delivery-worker.ts',
    send_email: [{ name: 'EMAIL', allowed_destination_addresses: [MAIL.to] }],
  })
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  before(async () => {
    await harness.listen()
    receiver = await startReceiver()
  })
  after(async () => {
    receiver.close()
    await harness.close()
  })

  const patience = { timeoutMs: 2_000, pausesMs: [10] }
  async function deliver(errand: Pick<Errand, 'config' | 'message'>): Promise<unknown> {
    const response = await harness.fetch('/', { method: 'POST', body: JSON.stringify({ ...errand, patience }) })
    return response.json()
  }

  test('a webhook that is down for a moment gets the message, signed', async () => {
    receiver.willReply(reply(503), reply(200))
    assert.deepEqual(await deliver({ config: webhookAt(receiver.url), message: MAIL }), [])
    assert.equal(receiver.received.length, 2)
    for (const { body, headers } of receiver.received)
      new Webhook(SECRET).verify(body, headers as Record<string, string>)
  })

  test('a redirect is a failure and is not followed', async () => {
    receiver.willReply(reply(307, '', { location: `${receiver.url}/elsewhere` }))
    assert.match(JSON.stringify(await deliver({ config: webhookAt(receiver.url), message: MAIL })), /delivery failed/)
    assert.deepEqual([...new Set(receiver.received.map(({ path }) => path))], ['/hook'])
  })

  test('a service that never answers is given up', async () => {
    receiver.willReply(silence)
    const logged = await deliver({ config: webhookAt(receiver.url), message: MAIL })
    assert.deepEqual(logged, failed({ errorCode: 'timeout', temporary: true }))
  })

  describe('by the mail binding', () => {
    const config = configured({ DELIVERY: 'binding', DELIVERY_FROM: 'id@us.example' })

    test('a mail is handed over', async () => {
      assert.deepEqual(await deliver({ config, message: MAIL }), [])
      const { result } = (await (await harness.fetch(SENT_MAILS)).json()) as { result: Record<string, unknown>[] }
      const { from, to, subject } = result[0] ?? {}
      assert.deepEqual({ from, to, subject }, { from: 'id@us.example', to: [MAIL.to], subject: MAIL.subject })
    })

    test('a refusal is logged without the address', async () => {
      const logged = await deliver({ config, message: { ...MAIL, to: 'eve@example.com' } })
      assert.deepEqual(logged, failed({ errorCode: 'refused', temporary: false }))
    })

    test('an SMS is not, and the log says so', async () => {
      const logged = await deliver({ config, message: SMS })
      assert.deepEqual(logged, failed({ errorCode: 'channel_unsupported', temporary: false }, 'sms'))
    })
  })
})
