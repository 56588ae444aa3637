/**
 * Version 1 of request signing, as the original's clients compute it. It covers the address and the time, but neither the
 * method nor the body; version 2 does.
 */
import { sameDigest } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { type FindSigner, type Proof, type SignedRequest, TIME_WINDOW_SECONDS } from './proof.ts'

/** The misspelling is the documentation's. */
const BRANDS = [
  'x-iampass-authentiaction',
  'x-iampass-authentication',
  'x-sonikpass-authentication',
  'x-activeconnect-authentication',
]
const TIMESTAMPS = BRANDS.map((brand) => `${brand}-timestamp`)
const VERSIONS = BRANDS.map((brand) => `${brand}-version`)

const CREDENTIAL = /^hmac (?<clientId>[^:\s]+):(?<nonce>\d{1,20}|[0-9A-F]{16}):(?<signature>[\w+/]{21}[AQgw]==)$/
/** Ten digits, no more: the fields are joined without separators, and none may slide into its neighbour. */
const TIMESTAMP = /^\d{10}$/

const KEY_BYTES = 16
const MAC_BYTES = 16
const encoder = new TextEncoder()

/** True when the request carries anything of version 1, which a header that says version 2 is not. */
export function carriesVersion1(request: SignedRequest): boolean {
  const versions = values(request, VERSIONS).filter((version) => version !== '2')
  return [credentials(request), values(request, TIMESTAMPS), versions].some(({ length }) => length > 0)
}

/** Throws `signature_missing` or `signature_invalid`. */
export async function verifyVersion1(request: SignedRequest, findSigner: FindSigner): Promise<Proof> {
  const fields = [credentials(request), values(request, TIMESTAMPS), values(request, VERSIONS)]
  if (fields.some((given) => given.length === 0)) throw new AppError('signature_missing')
  const [credential = '', timestamp = '', version = ''] = fields.map(theOnly)
  const { clientId = '', nonce = '', signature = '' } = CREDENTIAL.exec(credential)?.groups ?? {}
  // A client removes everything up to the last `://`, so that what stands before one in a path would not be signed.
  const whole = !request.target.includes('://')
  if (!signature || !whole || version !== '1' || !TIMESTAMP.test(timestamp)) throw new AppError('signature_invalid')

  const { client, secrets } = await findSigner(clientId)
  const expected = await Promise.all(
    secrets.flatMap((secret) =>
      addresses(request).map((address) => signVersion1(secret, { nonce, address, timestamp })),
    ),
  )
  if (!expected.map((mac) => sameDigest(mac, signature)).includes(true)) throw new AppError('signature_invalid')
  return {
    client,
    nonce,
    isTimely: (now) => Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) <= TIME_WINDOW_SECONDS,
  }
}

/** The signature in base64. `address` is the URL, in the shipped clients without its scheme. */
export async function signVersion1(
  secret: string,
  { nonce, address, timestamp }: { nonce: string; address: string; timestamp: string },
): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(nonce + secret))
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', digest.slice(0, KEY_BYTES), hmac, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(nonce + address + timestamp))
  return btoa(String.fromCharCode(...new Uint8Array(mac, 0, MAC_BYTES)))
}

/** What a client may have signed: the documentation keeps the scheme, the shipped clients remove it. */
function addresses({ origin, target }: SignedRequest): string[] {
  const { host } = new URL(origin)
  return [...new Set([`${host}${target}`, `https://${host}${target}`, `${origin}${target}`])]
}

const values = ({ header }: SignedRequest, names: string[]) =>
  names.map((name) => header(name)).filter((value) => value !== undefined)

/** `Authorization` counts only with our scheme: it may be there for somebody else. */
const credentials = (request: SignedRequest) => [
  ...values(request, ['authentication']),
  ...values(request, ['authorization']).filter((value) => value.startsWith('hmac ')),
]

/** Aliases may repeat each other but not differ. */
function theOnly(given: string[]): string {
  const [value = '', ...others] = new Set(given)
  if (others.length > 0) throw new AppError('signature_invalid')
  return value
}
