import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig } from '../../src/config.ts'
import { isPeerUrl, mayCall } from '../../src/core/federation/peer-address.ts'
import { fetchFromPeer } from '../../src/core/federation/peer-fetch.ts'

const secrets = {
  MASTER_KEY: 'q2J3f0vYkq1cQv5l8n9bZtXwRsUaEdGhIjKlMnOpQrS',
  ADMIN_API_KEY: 'an operator key of some length',
}
const config = parseConfig({
  ...secrets,
  PUBLIC_ORIGIN: 'https://auth.example',
  DELIVERY: 'webhook',
  DELIVERY_URL: 'https://hook.example',
  DELIVERY_SECRET: 'a secret of the webhook, long enough',
})

const PRIVATE = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://0/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/',
  'https://100.64.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://[::1]/',
  'https://[::]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[ff02::1]/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://a.localhost/',
  'https://intranet/',
  'https://db.internal/',
  'https://printer.local/',
]
const REFUSED = [
  'http://idp.example/',
  'ftp://idp.example/',
  'https://user:pass@idp.example/',
  'javascript:alert(1)',
  'idp.example',
  '',
  'https://',
]
const ALLOWED = [
  'https://idp.example/',
  'https://idp.example:8443/a?b',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]/',
  'https://münchen.example/',
]

describe('where a provider may be', () => {
  for (const url of [...PRIVATE, ...REFUSED])
    test(`not at ${url}`, () => assert.equal(isPeerUrl({ config }, url), false))
  for (const url of ALLOWED) test(`at ${url}`, () => assert.equal(isPeerUrl({ config }, url), true))

  test('anywhere in development, but by http and https only', () => {
    const local = { config: parseConfig({ ...secrets, PUBLIC_ORIGIN: 'http://localhost:8787' }) }
    assert.equal(isPeerUrl(local, 'http://127.0.0.1:9000/'), true)
    assert.equal(isPeerUrl(local, 'javascript:alert(1)'), false)
  })

  test('not behind a name that stands for a private address, not even beside a public one', async () => {
    const standsFor = (...addresses: string[]) =>
      mayCall({ config, resolve: async () => addresses }, 'https://idp.example/')
    assert.equal(await standsFor('8.8.8.8', '2606:4700::1111'), true)
    assert.equal(await standsFor('8.8.8.8', '127.0.0.1'), false)
    assert.equal(await standsFor('::ffff:10.0.0.1'), false)
    assert.equal(await standsFor(), false)
  })

  test('and nothing is sent where it may not be', async () => {
    const asked: string[] = []
    const fetch = async (url: unknown) => {
      asked.push(String(url))
      return new Response('{}')
    }
    const deps = { config, fetch: fetch as typeof globalThis.fetch }
    for (const url of [...PRIVATE, ...REFUSED])
      await assert.rejects(fetchFromPeer(deps, url), { code: 'provider_failed' })
    assert.deepEqual(asked, [])
    assert.equal((await fetchFromPeer(deps, 'https://idp.example/')).status, 200)
  })
})
