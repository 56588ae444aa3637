import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Application, headersV1, headersV2, through, VERSION } from '../support/signatures.ts'
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

describe('version 2', () => {
  const signed = (changes?: Parameters<typeof headersV2>[5]) =>
    headersV2(app, application, 'GET', target, undefined, changes)

  test('lets the application in', async () => {
    await letsIn(signed())
    await letsIn(signed({ parameters: { alg: 'hmac-sha256' } }))
    await letsIn(signed({ covered: ['@query', '@path', '@authority', '@method'] }))
  })

  test('says when a header is absent', async () => {
    const { Signature, ...rest } = signed()
    assert.equal(await reasonFor(rest), 'missing_credentials')
    assert.equal(await reasonFor({ Signature: Signature ?? '' }), 'missing_credentials')
  })

  test('refuses what leaves something out, or has something wrong', async () => {
    const now = Math.floor(app.now().getTime() / 1000)
    const changes = [
      ...['@method', '@authority', '@path', '@query'].map((left) => ({
        covered: ['@method', '@authority', '@path', '@query'].filter((name) => name !== left),
      })),
      { covered: [] },
      { covered: ['@method', '@method', '@authority', '@path', '@query'] },
      ...['created', 'expires', 'nonce', 'keyid', 'tag'].map((name) => ({ parameters: { [name]: undefined } })),
      { parameters: { tag: 'another' } },
      { parameters: { alg: 'hmac-sha512' } },
      { parameters: { alg: 'none' } },
      { parameters: { nonce: '' } },
      { parameters: { nonce: 'n'.repeat(129) } },
      { parameters: { created: String(now) } },
      { parameters: { keyid: 'unknown' } },
      { secret: 'another secret altogether' },
    ]
    for (const change of changes)
      assert.equal(await reasonFor(signed(change)), 'invalid_credentials', JSON.stringify(change))
  })

  test('refuses headers that are no structured fields, and two signatures', async () => {
    const { Signature = '', 'Signature-Input': input = '' } = signed()
    const garbled = [
      { Signature: 'sig1', 'Signature-Input': input },
      { Signature, 'Signature-Input': 'sig1' },
      { Signature: 'sig1=?1', 'Signature-Input': input },
      { Signature: Signature.replace('sig1', 'sig2'), 'Signature-Input': input },
      { Signature: `${Signature.slice(0, -2)}A:`, 'Signature-Input': input },
      { Signature, 'Signature-Input': input.replace('"@query"', '"@query";sf') },
      { Signature, 'Signature-Input': `${input};nonce="again"` },
      { Signature: `${Signature}, sig2=:AAAA:`, 'Signature-Input': `${input}, sig2=("@method");tag="x"` },
      { Signature: '((((', 'Signature-Input': '"' },
    ]
    for (const headers of garbled)
      assert.equal(await reasonFor(headers), 'invalid_credentials', JSON.stringify(headers))
  })

  test('covers the method and the body', async () => {
    const path = `/management/add_users/${application.clientId}`
    const body = '{"users":["covered"]}'
    const post = (headers: Record<string, string>, sent = body) => reasonFor(headers, path, 'POST', sent)
    const headers = headersV2(app, application, 'POST', path, body)
    assert.equal(await post(headers, '{"users":["mallory"]}'), 'invalid_credentials')
    assert.equal(await post(headersV2(app, application, 'GET', path, body)), 'invalid_credentials')
    assert.equal(await post({ ...headers, 'Content-Type': 'application/json; charset=utf-8' }), 'invalid_credentials')
    assert.equal(await post(headersV2(app, application, 'POST', path)), 'missing_credentials')
    const { 'Content-Digest': _, ...rest } = headers
    assert.equal(await post(rest), 'missing_credentials')
    for (const digest of [
      'sha-256=:AAAA:',
      'md5=:AAAA:',
      'sha-256',
      '((',
      `${headers['Content-Digest']}, sha-512=:AAAA:`,
    ])
      assert.equal(
        await post(headersV2(app, application, 'POST', path, body, { digest })),
        'invalid_credentials',
        digest,
      )
    const uncovered = { covered: ['@method', '@authority', '@path', '@query'] }
    assert.equal(await post(headersV2(app, application, 'POST', path, body, uncovered)), 'invalid_credentials')
    assert.equal((await app.request('POST', path, { headers, body })).status, 201)
    assert.equal(await post(headers), 'credentials_replayed')
  })

  test('tells a stale and a future time from a forgery', async () => {
    const now = Math.floor(app.now().getTime() / 1000)
    const times = [
      { created: now - 330, expires: now + 60 },
      { created: now + 330, expires: now + 390 },
      { created: now - 60, expires: now - 5 },
    ]
    for (const parameters of times) assert.equal(await reasonFor(signed({ parameters })), 'credentials_expired')
  })

  test('both versions on one request are refused', async () => {
    const both = { ...headersV1(app, application, target), ...signed() }
    assert.equal(await reasonFor(both), 'invalid_credentials')
    assert.equal(await reasonFor({ ...signed(), [VERSION]: '1' }), 'invalid_credentials')
    await letsIn({ ...signed(), [VERSION]: '2' })
    assert.equal(await reasonFor({ [VERSION]: '2' }), 'missing_credentials')
  })

  test('a nonce passes once, whichever version carries it', async () => {
    await letsIn(signed({ parameters: { nonce: '42424242' } }))
    assert.equal(await reasonFor(headersV1(app, application, target, { nonce: '42424242' })), 'credentials_replayed')
  })
})
