/** A bad variable stops the start with one sentence that names it, and never repeats a secret. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig } from '../../src/config.ts'

type Variables = Record<string, string>

const KEY = 'IJr6lYwVpA6nFqE0SXOYX3nS7kqkUjOJ9pHqbrFmZ1Q'
const API_KEY = 'f2b8c1d47e9a4f0c8b35d6e1'
const LOCAL: Variables = { PUBLIC_ORIGIN: 'http://localhost:8787', MASTER_KEY: KEY, ADMIN_API_KEY: API_KEY }
const DEPLOYED: Variables = {
  ...LOCAL,
  PUBLIC_ORIGIN: 'https://auth.example.com',
  DELIVERY: 'webhook',
  DELIVERY_URL: 'https://mail.example.com/hook',
  DELIVERY_SECRET: 'a secret of the webhook',
}

/** By the name that the sentence must give: what is wrong, on top of a good set (undefined: the variable is missing). */
const REFUSED: [base: Variables, name: string, change: Record<string, string | undefined>][] = [
  [LOCAL, 'PUBLIC_ORIGIN', { PUBLIC_ORIGIN: undefined }],
  [LOCAL, 'PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'localhost' }],
  [LOCAL, 'PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'ftp://localhost' }],
  [LOCAL, 'PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'http://localhost:8787/auth' }],
  [DEPLOYED, 'PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'http://auth.example.com' }],
  [DEPLOYED, 'PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'http://localhost.example.com' }],
  [LOCAL, 'MASTER_KEY', { MASTER_KEY: undefined }],
  [LOCAL, 'MASTER_KEY', { MASTER_KEY: '' }],
  [LOCAL, 'MASTER_KEY', { MASTER_KEY: KEY.slice(1) }],
  [LOCAL, 'MASTER_KEY', { MASTER_KEY: 'A'.repeat(43) }],
  [LOCAL, 'MASTER_KEY', { MASTER_KEY: 'abcdefghijk'.repeat(4).slice(0, 43) }],
  [LOCAL, 'MASTER_KEY_PREVIOUS', { MASTER_KEY_PREVIOUS: 'short' }],
  [LOCAL, 'MASTER_KEY_PREVIOUS', { MASTER_KEY_PREVIOUS: KEY }],
  [LOCAL, 'ADMIN_API_KEY', { ADMIN_API_KEY: undefined }],
  [LOCAL, 'ADMIN_API_KEY', { ADMIN_API_KEY: 'hunter2' }],
  [LOCAL, 'ADMIN_API_KEY', { ADMIN_API_KEY: 'abab'.repeat(10) }],
  [LOCAL, 'SIGNING_ALG', { SIGNING_ALG: 'HS256' }],
  [LOCAL, 'LIBSQL_URL', { LIBSQL_URL: 'mysql://localhost' }],
  [LOCAL, 'SESSION_READS', { SESSION_READS: 'sometimes' }],
  [LOCAL, 'SESSION_IDLE_SECONDS', { SESSION_IDLE_SECONDS: 'soon' }],
  [LOCAL, 'SESSION_ABSOLUTE_SECONDS', { SESSION_ABSOLUTE_SECONDS: '-1' }],
  [LOCAL, 'SESSION_ABSOLUTE_SECONDS', { SESSION_ABSOLUTE_SECONDS: '1e9' }],
  [LOCAL, 'GATEWAY_COOKIE_NAME', { GATEWAY_COOKIE_NAME: 'a b' }],
  [LOCAL, 'GATEWAY_COOKIE_NAME', { GATEWAY_COOKIE_NAME: '__Host-gw-x' }],
  [LOCAL, 'GATEWAY_COOKIE_DOMAIN', { GATEWAY_COOKIE_DOMAIN: 'https://example.com/' }],
  [LOCAL, 'GATEWAY_COOKIE_DOMAIN', { GATEWAY_COOKIE_DOMAIN: 'example.com', GATEWAY_COOKIE_NAME: '__Host-imid' }],
  [LOCAL, 'LOGIN_LIMIT_PER_USERNAME', { LOGIN_LIMIT_PER_USERNAME: '0' }],
  [LOCAL, 'LOGIN_LIMIT_PER_ADDRESS', { LOGIN_LIMIT_PER_ADDRESS: '1.5' }],
  [LOCAL, 'LOGIN_WINDOW_SECONDS', { LOGIN_WINDOW_SECONDS: 'Infinity' }],
  [LOCAL, 'CLIENT_ADDRESS_HEADER', { CLIENT_ADDRESS_HEADER: 'X Forwarded For' }],
  [LOCAL, 'DELIVERY', { DELIVERY: 'pigeon' }],
  [DEPLOYED, 'DELIVERY', { DELIVERY: undefined }],
  [DEPLOYED, 'DELIVERY', { DELIVERY: 'outbox' }],
  [DEPLOYED, 'DELIVERY_URL', { DELIVERY_URL: undefined }],
  [DEPLOYED, 'DELIVERY_URL', { DELIVERY_URL: 'mail.example.com' }],
  [DEPLOYED, 'DELIVERY_URL', { DELIVERY_URL: 'http://mail.example.com' }],
  [DEPLOYED, 'DELIVERY_SECRET', { DELIVERY_SECRET: undefined }],
  [DEPLOYED, 'DELIVERY_SECRET', { DELIVERY_SECRET: 'too short' }],
  [DEPLOYED, 'DELIVERY_FROM', { DELIVERY: 'brevo' }],
  [DEPLOYED, 'DELIVERY_FROM', { DELIVERY: 'binding', DELIVERY_FROM: 'nobody' }],
  [DEPLOYED, 'ALLOW_INSECURE_PEERS', { ALLOW_INSECURE_PEERS: 'true' }],
  [LOCAL, 'ALLOW_INSECURE_PEERS', { ALLOW_INSECURE_PEERS: 'perhaps' }],
  [LOCAL, 'LOG_LEVEL', { LOG_LEVEL: 'chatty' }],
]

describe('the start is refused', () => {
  for (const [base, name, change] of REFUSED) {
    test(`in one sentence that names ${name}, for ${JSON.stringify(change)}`, () => {
      const sentence = refusalOf({ ...base, ...change })
      assert.match(sentence, new RegExp(`^Gatehouse cannot start: ${name} [^.\\n]+\\.$`))
      if (/KEY|SECRET/.test(name)) assert.ok(!Object.values(change).some((value) => value && sentence.includes(value)))
    })
  }
})

describe('the configuration', () => {
  test('has the documented defaults in development', () => {
    const config = parseConfig({ ...LOCAL, DELIVERY: '', SOMETHING_ELSE: 'of another program' })
    assert.equal(config.development, true)
    assert.equal(config.DELIVERY, 'outbox')
    assert.equal(config.ALLOW_INSECURE_PEERS, true)
    assert.equal(config.SIGNING_ALG, 'ES256')
    assert.equal(config.SESSION_READS, 'cached')
    assert.deepEqual([config.SESSION_IDLE_SECONDS, config.SESSION_ABSOLUTE_SECONDS], [28_800, 604_800])
    assert.deepEqual(
      [config.LOGIN_LIMIT_PER_USERNAME, config.LOGIN_LIMIT_PER_ADDRESS, config.LOGIN_WINDOW_SECONDS],
      [10, 50, 900],
    )
    assert.deepEqual([config.GATEWAY_COOKIE_NAME, config.GATEWAY_COOKIE_DOMAIN], ['imidToken', undefined])
    assert.equal(config.LOG_LEVEL, 'info')
  })

  test('may come as numbers and booleans, as [vars] of wrangler.toml has them', () => {
    const config = parseConfig({ ...LOCAL, SESSION_IDLE_SECONDS: 60, ALLOW_INSECURE_PEERS: false })
    assert.deepEqual([config.SESSION_IDLE_SECONDS, config.ALLOW_INSECURE_PEERS], [60, false])
  })

  test('is not lenient once deployed', () => {
    const config = parseConfig(DEPLOYED)
    assert.deepEqual([config.development, config.ALLOW_INSECURE_PEERS], [false, false])
  })

  for (const origin of ['http://127.0.0.1:8787', 'http://[::1]:8787', 'http://auth.localhost', 'https://localhost'])
    test(`is that of development at ${origin}`, () =>
      assert.equal(parseConfig({ ...LOCAL, PUBLIC_ORIGIN: origin }).development, true))
})

function refusalOf(variables: Record<string, string | undefined>): string {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined))
  try {
    parseConfig(given)
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return 'it started'
}
