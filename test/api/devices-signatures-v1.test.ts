import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Application, headersV1, STAMP, through, VERSION } from '../support/signatures.ts'
import { makeWorld } from '../support/world.ts'

let app: App
let application: Application
let target: string

before(async () => {
  app = await startApp()
  application = (await makeWorld(app)).client
  target = `/management/has_registered_mobile_device/${application.clientId}/nobody`
})

const { reasonFor, letsIn } = through(() => ({ app, target }))

describe('version 1', () => {
  test('lets the application in with or without the scheme in the signed text, under every name of the headers', async () => {
    await letsIn(headersV1(app, application, target))
    await letsIn(headersV1(app, application, target, { address: `https://localhost:8787${target}` }))
    await letsIn(headersV1(app, application, target, { address: `http://localhost:8787${target}` }))
    for (const brand of ['IAMPASS-Authentication', 'Sonikpass-Authentication', 'Activeconnect-Authentication']) {
      const { Authentication, ...headers } = headersV1(app, application, target)
      await letsIn({
        Authorization: Authentication,
        [`x-${brand}-timestamp`]: headers[STAMP],
        [`X-${brand}-Version`]: headers[VERSION],
      })
    }
    await letsIn(headersV1(app, application, target, { nonce: 'FEDCBA9876543210' }))
  })

  test('says when a header is absent', async () => {
    const whole = headersV1(app, application, target)
    for (const name of Object.keys(whole)) {
      const { [name]: _, ...rest } = whole as Record<string, string>
      assert.equal(await reasonFor(rest), 'missing_credentials', name)
    }
    assert.equal(await reasonFor({}), 'missing_credentials')
    assert.equal(await reasonFor({ authorization: 'Bearer token' }), 'missing_credentials')
    const { [STAMP]: _, ...contradicting } = { ...whole, authorization: 'hmac somebody:1:else' }
    assert.equal(await reasonFor(contradicting), 'missing_credentials', 'before anything that is wrong')
  })

  test('refuses every field that is malformed, and names that contradict each other', async () => {
    const { Authentication, ...rest } = headersV1(app, application, target)
    const [, clientId, nonce, mac = ''] = /^hmac (.*):(.*):(.*)$/.exec(Authentication) ?? []
    const credentials = [
      'hmac',
      'hmac ',
      Authentication.replace('hmac ', 'Hmac '),
      Authentication.replace('hmac ', 'hmac  '),
      `${Authentication}, ${Authentication}`,
      `hmac ${clientId}:${nonce}`,
      `hmac ${clientId}:${nonce}:${mac}:`,
      `hmac :${nonce}:${mac}`,
      `hmac ${clientId}::${mac}`,
      `hmac ${clientId}:-1:${mac}`,
      `hmac ${clientId}:${'1'.repeat(21)}:${mac}`,
      `hmac ${clientId}:fedcba9876543210:${mac}`,
      `hmac ${clientId}:FEDCBA987654321:${mac}`,
      `hmac ${clientId}:${nonce}:${mac.slice(0, -2)}`,
      `hmac ${clientId}:${nonce}:${mac.replace(/.==$/, 'B==')}`,
      `hmac ${clientId}:${nonce}:${mac}=`,
      `hmac ${clientId}:${nonce}:`,
      `hmac ${clientId}:${nonce}:${'A'.repeat(22)}==`,
      `hmac ${'x'.repeat(5000)}:${nonce}:${mac}`,
    ]
    for (const bad of credentials)
      assert.equal(await reasonFor({ ...rest, Authentication: bad }), 'invalid_credentials', bad)
    for (const bad of ['0', '12345678901', '-123456789', '1e9', ' 12345 ', 'NaN', '1234 67890'])
      assert.equal(await reasonFor({ Authentication, ...rest, [STAMP]: bad }), 'invalid_credentials', bad)
    for (const bad of ['0', '2', '01', '1.0', 'one'])
      assert.equal(await reasonFor({ Authentication, ...rest, [VERSION]: bad }), 'invalid_credentials', bad)
    const contradicting = [
      { Authorization: Authentication.replace('hmac ', 'hmac x') },
      { 'X-Sonikpass-Authentication-Timestamp': '1234567890' },
      { 'X-Sonikpass-Authentication-Version': '2' },
    ]
    for (const bad of contradicting)
      assert.equal(await reasonFor({ Authentication, ...rest, ...bad }), 'invalid_credentials')
    await letsIn({ Authentication, ...rest, Authorization: Authentication, 'X-Sonikpass-Authentication-Version': '1' })
  })

  test('refuses another secret, address, query, application and an unknown application alike', async () => {
    const other = (await makeWorld(app)).client
    const forged = [
      headersV1(app, application, target, { secret: 'another secret altogether' }),
      headersV1(app, application, `${target}x`),
      headersV1(app, application, `${target}?`),
      headersV1(app, application, target, { address: `evil.example${target}` }),
      headersV1(app, application, target, { clientId: 'unknown' }),
      headersV1(app, other, target),
    ]
    for (const headers of forged) assert.equal(await reasonFor(headers), 'invalid_credentials')
    const unknown = '/management/has_registered_mobile_device/unknown/nobody'
    const headers = headersV1(app, application, unknown, { clientId: 'unknown' })
    assert.equal(await reasonFor(headers, unknown), 'invalid_credentials')
    const smuggled = `${target}?to=https://evil.example/`
    assert.equal(await reasonFor(headersV1(app, application, smuggled), smuggled), 'invalid_credentials')
  })

  test('tells a stale and a future time from a forgery, and neither uses the nonce up', async () => {
    const now = Math.floor(app.now().getTime() / 1000)
    for (const seconds of [now - 330, now + 330]) {
      const headers = headersV1(app, application, target, { timestamp: String(seconds), nonce: '4711' })
      assert.equal(await reasonFor(headers), 'credentials_expired')
      assert.equal(await reasonFor({ ...headers, [STAMP]: String(now) }), 'invalid_credentials')
    }
    for (const seconds of [now - 280, now + 280])
      await letsIn(headersV1(app, application, target, { timestamp: String(seconds) }))
    await letsIn(headersV1(app, application, target, { nonce: '4711' }))
  })

  test('of one request sent 50 times at once one passes, and none later', async () => {
    const headers = headersV1(app, application, target)
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.get<{ reason: string }>(target, headers)))
    assert.equal(answers.filter(({ status }) => status === 404).length, 1)
    const others = answers.filter(({ status }) => status === 401)
    assert.deepEqual([...new Set(others.map(({ body }) => body.reason))], ['credentials_replayed'])
    assert.equal(others.length, 49)
    assert.equal(await reasonFor(headers), 'credentials_replayed')
  })

  test('the bytes are covered as they were sent', async () => {
    const user = '%61%2F+%2B%20%C3%BC%c3%bc~'
    const path = `/has_registered_mobile_device/${application.clientId}/${user}`
    await letsIn(headersV1(app, application, path), path)
    await letsIn(headersV1(app, application, `${path}?`), `${path}?`)
    await letsIn(headersV1(app, application, `${path}?a=%41&a+b`), `${path}?a=%41&a+b`)
    await letsIn(headersV1(app, application, `${path}?a='b'`), `${path}?a='b'`)
    for (const other of [decodeURI(path), path.replaceAll('+', '%20'), path.replaceAll('%c3%bc', '%C3%BC')])
      assert.equal(await reasonFor(headersV1(app, application, other), path), 'invalid_credentials')
  })
})
