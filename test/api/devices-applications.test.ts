import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { type Application, headersV1, headersV2, STAMP, through, VERSION } from '../support/signatures.ts'
import { create } from '../support/world.ts'

let app: App
before(async () => {
  app = await startApp()
})

const { reasonFor, letsIn } = through(() => ({ app, target: '' }))

describe('an application', () => {
  test('may accept version 2 only', async () => {
    const strict = await create<Application>(app, '/v1/clients', { name: 'Strict', signatureVersions: [2] })
    const path = `/has_registered_mobile_device/${strict.clientId}/nobody`
    assert.equal(await reasonFor(headersV1(app, strict, path), path), 'invalid_credentials')
    await letsIn(headersV2(app, strict, 'GET', path), path)
  })

  test('signs with the old secret and with the new one until the overlap ends', async () => {
    const client = await create<Application>(app, '/v1/clients', { name: 'Rotating' })
    const path = `/has_registered_mobile_device/${client.clientId}/nobody`
    const { body } = await app.admin.post<Application>(`/v1/clients/${client.id}/secret`, { overlapSeconds: 600 })
    const { clientSecret: secret } = body
    for (const changes of [{}, { secret }]) await letsIn(headersV1(app, client, path, changes), path)
    await letsIn(headersV2(app, client, 'GET', path), path)
    await app.wait(601)
    assert.equal(await reasonFor(headersV1(app, client, path), path), 'invalid_credentials')
    await letsIn(headersV1(app, client, path, { secret }), path)
  })

  test('that is disabled is not found, once it has signed', async () => {
    const client = await create<Application>(app, '/v1/clients', { name: 'Closed', status: 'disabled' })
    for (const path of [
      `/delete_users/${client.clientId}`,
      `/management/lost_user_mobile_device/${client.clientId}/u`,
    ]) {
      assert.equal(await reasonFor({}, path, 'POST', '{}'), 'missing_credentials')
      const { status, body } = await app.request('POST', path, { headers: headersV1(app, client, path), body: '{}' })
      assert.equal(status, 404)
      assert.deepEqual(body, { status: false, reason: `Client Application ${client.clientId} not found` })
    }
  })
})

describe('the published vectors', LIBSQL_ONLY, () => {
  const secret = 'TEST0SECRET0TEST0SECRET0TEST0SEC'
  const digest = 'sha-256=:8fvh4ua1KzWvDgEpl0KwMh8EIjySStDfjRk0G03arEA=:'

  async function startAt(seconds: number): Promise<App> {
    const service = await startApp({
      PUBLIC_ORIGIN: 'https://main.iam-api.com',
      DELIVERY: 'webhook',
      DELIVERY_URL: 'https://example.com',
      DELIVERY_SECRET: secret,
    })
    await create(service, '/v1/clients', { name: 'Vector', clientId: 'ABCD', clientSecret: secret })
    await service.wait(seconds - service.now().getTime() / 1000)
    return service
  }

  test('of version 1 pass through the door', async () => {
    const service = await startAt(1_234_567_890)
    const nonce = '9223372036854775807'
    const post = (credential: string, body: string) =>
      service.request('POST', '/management/add_users/ABCD', {
        headers: { Authentication: `hmac ABCD:${credential}`, [STAMP]: '1234567890', [VERSION]: '1' },
        body,
      })
    assert.equal((await post(`${nonce}:yDf67ySVX2Z+KfAyAlIMZQ==`, '{"users":["user 1"]}')).status, 201)
    assert.equal((await post('7FFFFFFFFFFFFFFF:EEDRSLzcUdZVR8fU8T6VIw==', '{"users":["user+1"]}')).status, 201)
    const again = await post(`${nonce}:XsHhzpVQy/t82+B+MHGr8g==`, '{"users":["user3"]}')
    assert.deepEqual(again.body, { status: false, reason: 'credentials_replayed' })
    await service.rows('delete from nonces')
    assert.equal((await post(`${nonce}:XsHhzpVQy/t82+B+MHGr8g==`, '{"users":["user3"]}')).status, 201)
    await service.rows('delete from nonces')
    const link = await service.get<{ register_url: string }>(
      '/management/device_registration_link/ABCD/user+1?display_name=user1%40my_application',
      { Authentication: `hmac ABCD:${nonce}:Ad/adIKWEF6Nw3q9dDePGw==`, [STAMP]: '1234567890', [VERSION]: '1' },
    )
    assert.equal(link.status, 200, link.text)
    assert.match(link.body.register_url, /^https:\/\/main\.iam-api\.com\//)
  })

  test('of version 2 passes through the door', async () => {
    const service = await startAt(1_700_000_030)
    const input =
      '("@method" "@authority" "@path" "@query" "content-digest" "content-type");created=1700000000;expires=1700000060;nonce="Zm9vYmFyYmF6cXV4MTIzNA";keyid="ABCD";alg="hmac-sha256";tag="iampass-mgmt"'
    const { status, body } = await service.request('POST', '/management/add_users/ABCD', {
      headers: {
        'Content-Type': 'application/json',
        'Content-Digest': digest,
        'Signature-Input': `sig1=${input}`,
        Signature: 'sig1=:LnQ3s9XeYdwRi3yq1thXupq9bo7je8SeZNqQE+ffuMA=:',
      },
      body: '{"users":["user1","user2"]}',
    })
    assert.equal(status, 201)
    assert.deepEqual(body, { status: true, users: { created: ['user1', 'user2'], existing: [] } })
  })
})
