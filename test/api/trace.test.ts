/** A trace that a request brings goes through the service: into its log, to those it asks, and back. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { reply, startReceiver } from '../platform/receiver.ts'
import { type App, startApp } from '../support/app.ts'
import { makeWorld } from '../support/world.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const HEADERS = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'rojo=1, congo=2' }

let app: App
let receiver: Awaited<ReturnType<typeof startReceiver>>
before(async () => {
  receiver = await startReceiver()
  const delivery = {
    DELIVERY: 'webhook',
    DELIVERY_URL: `${receiver.url}/hook`,
    DELIVERY_SECRET: 'a secret of messages',
  }
  app = await startApp({ ...delivery, ALLOW_INSECURE_PEERS: 'true' })
})
after(() => receiver.close())

/** The first request at the receiver whose path begins so. */
async function received(path: string) {
  for (let tries = 0; tries < 50; tries++) {
    const found = receiver.received.find((request) => request.path?.startsWith(path))
    if (found) return found
    await sleep(100)
  }
  return assert.fail(`nobody asked for ${path}`)
}

/** The parts of a header of our own making. */
function partsOf(header: string | string[] | null | undefined) {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-(0[0-3])$/.exec(String(header)) ?? []
  return { traceId, spanId, flags }
}

describe('a trace', () => {
  test('comes back with a part of our own, which the log names', async () => {
    const { headers } = await app.get('/v1/tenants', HEADERS)
    const { traceId, spanId, flags } = partsOf(headers.get('traceresponse'))
    assert.deepEqual([traceId, flags], [TRACE, '01'])
    assert.notEqual(spanId, SPAN)
    const line = app.log().find((each) => each.includes('"event":"request"') && each.includes(TRACE))
    assert.equal(JSON.parse(line ?? '{}').spanId, spanId)
  })

  test('is begun where there is none, or none that is good', async () => {
    for (const headers of [{}, { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01`, tracestate: 'a=b' }]) {
      const { traceId, flags } = partsOf((await app.get('/v1/tenants', headers)).headers.get('traceresponse'))
      assert.match(traceId ?? '', /^(?!0+$)/)
      assert.notEqual(traceId, TRACE)
      assert.equal(flags, '00')
    }
  })

  test('goes to the delivery service, which tells its own part from ours', async () => {
    receiver.willReply(reply(204, ''))
    const { client, user } = await makeWorld(app)
    const caller = { client_id: client.clientId, client_secret: client.clientSecret, key: user.username }
    const sent = await app.post('/auth/send-otp', caller, HEADERS)
    assert.equal(sent.status, 204)
    const { headers } = await received('/hook')
    const child = partsOf(headers['traceparent'])
    assert.deepEqual([child.traceId, child.flags, headers['tracestate']], [TRACE, '01', 'rojo=1,congo=2'])
    assert.notEqual(child.spanId, SPAN)
    assert.notEqual(child.spanId, partsOf(sent.headers.get('traceresponse')).spanId)
  })

  test('goes to identity providers', async () => {
    receiver.willReply(reply(404))
    const { tenant } = await makeWorld(app)
    const saml = { metadataUrl: `${receiver.url}/metadata` }
    const connection = { tenantId: tenant.id, kind: 'saml', name: 'SAML', saml }
    assert.equal((await app.admin.post('/v1/connections', connection, HEADERS)).status, 400)
    const { headers } = await received('/metadata')
    assert.equal(partsOf(headers['traceparent']).traceId, TRACE)
    assert.equal(headers['tracestate'], 'rojo=1,congo=2')
  })
})
