/** Delivery over HTTP to a service on a real socket. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import type { Config } from '../../src/config.ts'
import type { Message, Metric } from '../../src/deps.ts'
import { createDelivery } from '../../src/platform/delivery.ts'
import { configured, failed, MAIL, SECRET, SMS, webhookAt } from './messages.ts'
import { flood, hangUp, type Reply, reply, silence, startReceiver } from './receiver.ts'

/** Of the last delivery. */
let counted: Metric[] = []
const patience = { timeoutMs: 500, pausesMs: [10, 20] }

/** Answers what was logged. */
async function deliver(config: Config, message: Message): Promise<unknown[]> {
  const logged: unknown[] = []
  counted = []
  const log = (...line: unknown[]) => logged.push(line)
  const count = (metric: Metric) => void counted.push(metric)
  await createDelivery(
    { config, db: undefined as never, fetch, now: () => new Date(), log, count },
    undefined,
    patience,
  )(message)
  return logged
}

describe('delivery', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  before(async () => {
    receiver = await startReceiver()
  })
  after(() => receiver.close())

  const overWebhook = (message: Message, secret = SECRET) => deliver(webhookAt(receiver.url, secret), message)
  const overBrevo = (message: Message) => {
    const variables = {
      DELIVERY_URL: receiver.url,
      DELIVERY_SECRET: 'xkeysib-0123456789',
      DELIVERY_FROM: 'id@us.example',
    }
    return deliver(configured({ DELIVERY: 'brevo', ...variables }), message)
  }

  describe('by webhook', () => {
    beforeEach(() => receiver.willReply(reply(204, '')))

    test('the whole message arrives, signed as Standard Webhooks says', async () => {
      assert.deepEqual(await overWebhook(MAIL), [])
      assert.deepEqual(counted, [{ name: 'delivery', result: 'ok', method: 'mail' }])
      const [request] = receiver.received
      assert.equal(`${request?.method} ${request?.path}`, 'POST /hook')
      const body = new Webhook(SECRET).verify(request?.body ?? '', request?.headers as Record<string, string>)
      const { id, createdAt, ...message } = body as Record<string, string>
      assert.deepEqual(message, MAIL)
      assert.equal(id, request?.headers['webhook-id'])
      assert.ok(Math.abs(Date.parse(createdAt ?? '') - Date.now()) < 10_000)
    })

    test('what a message lacks is null, and a secret without prefix is used as it is', async () => {
      await overWebhook(SMS, 'a secret of plain words')
      const [request] = receiver.received
      const judge = new Webhook('a secret of plain words', { format: 'raw' })
      const { id, createdAt, ...message } = judge.verify(
        request?.body ?? '',
        request?.headers as Record<string, string>,
      ) as Record<string, unknown>
      assert.deepEqual(message, { ...SMS, html: null, links: [], code: null })
    })

    for (const [what, reply1] of Object.entries({
      'a 500': reply(500),
      'a 429': reply(429),
      'no answer in time': silence,
      'a broken connection': hangUp,
      'a 503 that never ends': flood(503),
    }))
      test(`after ${what} it is sent again, under the same id and freshly signed`, async () => {
        receiver.willReply(reply1, reply(200))
        assert.deepEqual(await overWebhook(MAIL), [])
        assert.equal(receiver.received.length, 2)
        assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1)
        for (const { body, headers } of receiver.received)
          new Webhook(SECRET).verify(body, headers as Record<string, string>)
      })

    const finalFailures: [string, Reply, number, object][] = [
      ['a service that stays down', reply(503), 3, { status: 503, errorCode: undefined, temporary: true }],
      ['a service that never answers', silence, 3, { errorCode: 'timeout', temporary: true }],
      ['a service that hangs up', hangUp, 3, { errorCode: 'unreachable', temporary: true }],
      ['a refusal', reply(400), 1, { status: 400, errorCode: undefined, temporary: false }],
    ]
    for (const [what, always, attempts, fields] of finalFailures)
      test(`${what} is asked ${attempts} times; then the failure is logged without address or content`, async () => {
        receiver.willReply(always)
        const logged = await overWebhook(MAIL)
        assert.equal(JSON.stringify(logged), JSON.stringify(failed(fields)))
        assert.equal(receiver.received.length, attempts)
      })

    test('a redirect is a failure and is not followed', async () => {
      receiver.willReply(reply(307, '', { location: `${receiver.url}/elsewhere` }))
      assert.match(JSON.stringify(await overWebhook(MAIL)), /delivery failed.*"status":307/)
      assert.deepEqual(counted, [{ name: 'delivery', result: 'failed', method: 'mail' }])
      assert.deepEqual(
        receiver.received.map(({ path }) => path),
        ['/hook'],
      )
    })

    test('an endless answer is cut off', async () => {
      receiver.willReply(flood(200))
      assert.deepEqual(await overWebhook(MAIL), [])
    })

    for (const change of [
      { to: 'ada@example.com\r\nBcc: eve@example.com' },
      { to: 'ada@example.com, eve@example.com' },
      { to: 'Ada <ada@example.com>' },
      { to: 'ada@example.com\u0000' },
      { subject: 'Hello\nBcc: eve@example.com' },
      { subject: 'Hello\u2028' },
      { subject: 'Hello \ud800' },
    ])
      test(`${JSON.stringify(change)} is refused`, async () => {
        assert.deepEqual(await overWebhook({ ...MAIL, ...change }), [
          ['error', 'delivery refused', { channel: 'mail' }],
        ])
        assert.equal(receiver.received.length, 0)
      })
  })

  describe('by Brevo', () => {
    beforeEach(() => receiver.willReply(reply(201, '{"messageId":"<1@relay.example>"}')))

    test('a mail goes to its mail endpoint, with a key that makes repetitions harmless', async () => {
      receiver.willReply(reply(502), reply(201))
      assert.deepEqual(await overBrevo(MAIL), [])
      const [first, second] = receiver.received
      assert.equal(`${first?.method} ${first?.path}`, 'POST /v3/smtp/email')
      assert.equal(first?.headers['api-key'], 'xkeysib-0123456789')
      assert.equal(first?.body, second?.body)
      const { headers, ...mail } = JSON.parse(first?.body ?? '')
      assert.match(headers.idempotencyKey, /^[0-9a-f-]{36}$/)
      assert.deepEqual(mail, {
        sender: { email: 'id@us.example' },
        to: [{ email: MAIL.to }],
        subject: MAIL.subject,
        textContent: MAIL.text,
        htmlContent: MAIL.html,
      })
    })

    test('an SMS goes to its SMS endpoint, in the encoding that its words need', async () => {
      await overBrevo(SMS)
      await overBrevo({ ...SMS, text: 'Din kod är 123456.' })
      const [plain, unicode] = receiver.received.map(({ body }) => JSON.parse(body))
      assert.equal(receiver.received[0]?.path, '/v3/transactionalSMS/send')
      const common = { sender: 'Gatehouse', recipient: SMS.to, type: 'transactional' }
      assert.deepEqual(plain, { ...common, content: SMS.text, unicodeEnabled: false })
      assert.deepEqual(unicode, { ...common, content: 'Din kod är 123456.', unicodeEnabled: true })
    })

    test('its own word for a refusal is logged, and nothing else of what it says', async () => {
      receiver.willReply(reply(402, JSON.stringify({ code: 'not_enough_credits', message: `for ${MAIL.to}` })))
      assert.deepEqual(
        await overBrevo(MAIL),
        failed({ status: 402, errorCode: 'not_enough_credits', temporary: false }),
      )
      receiver.willReply(reply(400, JSON.stringify({ code: `no ${MAIL.to}` })))
      assert.doesNotMatch(JSON.stringify(await overBrevo(MAIL)), /ada/)
      receiver.willReply(flood(400))
      assert.match(JSON.stringify(await overBrevo(MAIL)), /"status":400/)
    })
  })
})
