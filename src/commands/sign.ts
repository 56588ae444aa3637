/**
 * `npm run sign -- METHOD URL [BODY] [--version 1]`: a curl command that an application has signed, for a shell. The
 * application is the one in the URL; its secret comes from CLIENT_SECRET, that of the demo from `.dev.vars`.
 */
import { randomBytes } from 'node:crypto'
import { parseArgs, parseEnv } from 'node:util'
import { signVersion1 } from '../core/devices/hmac-v1.ts'
import { contentDigest, signVersion2 } from '../core/devices/http-signature.ts'
import { DEMO } from './demo.ts'
import { readDevVars } from './dev-vars.ts'
import { runCommand, say } from './run-command.ts'

const LIFETIME_SECONDS = 300
const USAGE = `npm run sign -- METHOD URL [BODY], as in
  npm run sign -- POST http://localhost:8787/management/add_users/${DEMO.clientId} '{"users":["u1"]}'`

interface Unsigned {
  method: string
  origin: string
  target: string
  body: string | undefined
}

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { version: { type: 'string', default: '2' } },
    allowPositionals: true,
  })
  const [method, url = '', body] = positionals
  const [, origin, target] = /^(https?:\/\/[^/?#]+)(\/[^#]*)$/.exec(url) ?? []
  if (!method || !origin || !target) throw new Error(USAGE)
  const request = { method: method.toUpperCase(), origin, target, body }
  const clientId = applicationIn(target)
  const secret = await secretOf(clientId)
  const headers =
    values.version === '1' ? await version1(request, clientId, secret) : await version2(request, clientId, secret)
  say(toCurl(request, headers))
})

/** The segment behind the name of the operation. */
function applicationIn(target: string): string {
  const [, clientId] = /^(?:\/management)?\/\w+\/([^/?]+)/.exec(target) ?? []
  if (!clientId) throw new Error(`There is no application in the path.\n${USAGE}`)
  return decodeURIComponent(clientId)
}

async function secretOf(clientId: string): Promise<string> {
  const secret = process.env['CLIENT_SECRET']
  if (secret) return secret
  const demo = clientId === DEMO.clientId ? parseEnv(await readDevVars())['DEMO_CLIENT_SECRET'] : undefined
  if (!demo) throw new Error(`CLIENT_SECRET is missing: set it to the secret of ${clientId}.`)
  return demo
}

async function version1({ origin, target, body }: Unsigned, clientId: string, secret: string) {
  const nonce = randomBytes(8).readBigUInt64BE().toString()
  const timestamp = String(nowSeconds())
  const address = `${new URL(origin).host}${target}`
  return {
    ...(body && { 'content-type': 'application/json' }),
    Authentication: `hmac ${clientId}:${nonce}:${await signVersion1(secret, { nonce, address, timestamp })}`,
    'X-IAMPASS-Authentication-Timestamp': timestamp,
    'X-IAMPASS-Authentication-Version': '1',
  }
}

async function version2({ method, origin, target, body = '' }: Unsigned, clientId: string, secret: string) {
  const bytes = new TextEncoder().encode(body)
  const ofBody: Record<string, string> =
    body === '' ? {} : { 'content-type': 'application/json', 'content-digest': await contentDigest(bytes) }
  const header = (name: string) => ofBody[name]
  const created = nowSeconds()
  const signing = {
    clientId,
    secret,
    nonce: randomBytes(16).toString('base64url'),
    created,
    expires: created + LIFETIME_SECONDS,
  }
  return { ...ofBody, ...(await signVersion2({ method, origin, target, header, body: async () => bytes }, signing)) }
}

function toCurl({ method, origin, target, body }: Unsigned, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`)
  const data = body ? [`--data-raw ${quote(body)}`] : []
  return [`curl --globoff --path-as-is -X ${method} ${quote(`${origin}${target}`)}`, ...lines, ...data].join(' \\\n  ')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
