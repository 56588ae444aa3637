/**
 * Version 2 of request signing: RFC 9421 with `hmac-sha256` (section 3.3.3), which covers the method and, by the
 * `Content-Digest` of RFC 9530, the body.
 */
import { createSignature, isSignatureError, type RequestDescriptor, verifySignature } from 'http-message-sig'
import { isInnerList, parseDictionary } from 'structured-headers'
import { AppError } from '../errors.ts'
import { type FindSigner, type Proof, type SignedRequest, TIME_WINDOW_SECONDS } from './proof.ts'

const ALGORITHM = 'hmac-sha256'
const TAG = 'iampass-mgmt'
const OF_MESSAGE = ['@method', '@authority', '@path', '@query']
const OF_BODY = ['content-digest', 'content-type']
const FIELDS = ['signature', 'signature-input', ...OF_BODY]
const LONGEST_NONCE = 128
const DIGESTS = { 'sha-256': 'SHA-256', 'sha-512': 'SHA-512' }

const encoder = new TextEncoder()

/** True when the request carries anything of version 2. */
export function carriesVersion2({ header }: SignedRequest): boolean {
  return header('signature') !== undefined || header('signature-input') !== undefined
}

/** Throws `signature_missing` or `signature_invalid`. */
export async function verifyVersion2(request: SignedRequest, findSigner: FindSigner): Promise<Proof> {
  const body = await request.body()
  const covered = coveredBy(body)
  const needed = ['signature', 'signature-input', ...covered.filter((name) => !name.startsWith('@'))]
  if (needed.some((name) => request.header(name) === undefined)) throw new AppError('signature_missing')
  const digest = request.header('content-digest')
  if (digest !== undefined && !(await isDigestOf(body, digest))) throw new AppError('signature_invalid')

  const { parameters, verifier } = await verifySignature(describe(request), {
    resolveVerifier: async ({ parameters: { keyid = '' } }) => {
      const { client, secrets } = await findSigner(keyid)
      const verify = (data: Uint8Array, signature: Uint8Array) => holdsForOne(secrets, data, signature)
      return { algorithm: ALGORITHM, verify, client }
    },
    policy: {
      algorithms: [ALGORITHM],
      requiredComponents: covered,
      requiredParameters: ['created', 'expires', 'nonce', 'keyid', 'tag'],
      // Whether it is in time is said only of a signature that holds.
      clockSkew: Number.MAX_SAFE_INTEGER,
      validate: ({ parameters: { tag, nonce = '' } }) => tag === TAG && nonce !== '' && nonce.length <= LONGEST_NONCE,
    },
  }).catch(refuse)

  const { nonce = '', created = 0, expires = 0 } = parameters
  return {
    client: verifier.client,
    nonce,
    isTimely(now) {
      const seconds = Math.floor(now.getTime() / 1000)
      return Math.abs(seconds - created) <= TIME_WINDOW_SECONDS && seconds <= expires
    },
  }
}

interface Signing {
  clientId: string
  secret: string
  nonce: string
  /** Epoch seconds. */
  created: number
  expires: number
}

/** The headers to add; `content-type` and, with a body, `content-digest` must be there already. */
export async function signVersion2(request: SignedRequest, { clientId, secret, ...times }: Signing) {
  const { created, expires, nonce } = times
  const key = await importSecret(secret, 'sign')
  const sign = async (data: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign('HMAC', key, data as Uint8Array<ArrayBuffer>))
  const { signature, signatureInput } = await createSignature(describe(request), {
    components: coveredBy(await request.body()),
    parameters: { created, expires, nonce, keyid: clientId, alg: ALGORITHM, tag: TAG },
    signer: { algorithm: ALGORITHM, sign },
  })
  return { signature, 'signature-input': signatureInput }
}

/** The value of `Content-Digest`. */
export async function contentDigest(body: Uint8Array): Promise<string> {
  return `sha-256=:${await digestOf('SHA-256', body)}:`
}

const coveredBy = (body: Uint8Array) => (body.length > 0 ? [...OF_MESSAGE, ...OF_BODY] : OF_MESSAGE)

const describe = ({ method, origin, target, header }: SignedRequest): RequestDescriptor => ({
  kind: 'request',
  method,
  targetUri: `${origin}${target}`,
  fields: FIELDS.map((name) => ({ name, value: header(name) })).filter(isThere),
})

const isThere = (field: { name: string; value: string | undefined }): field is { name: string; value: string } =>
  field.value !== undefined

async function holdsForOne(secrets: string[], data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const checks = secrets.map(async (secret) => {
    const key = await importSecret(secret, 'verify')
    return crypto.subtle.verify('HMAC', key, signature as BufferSource, data as BufferSource)
  })
  return (await Promise.all(checks)).includes(true)
}

function importSecret(secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [use])
}

/** At least one algorithm that we know, and every one of those right. */
async function isDigestOf(body: Uint8Array, header: string): Promise<boolean> {
  const claimed = readDictionary(header)
  const known = Object.entries(DIGESTS).filter(([name]) => claimed.has(name))
  const checks = known.map(async ([name, algorithm]) => {
    const member = claimed.get(name)
    const bytes = member && !isInnerList(member) && member[0]
    return bytes instanceof ArrayBuffer && toBase64(bytes) === (await digestOf(algorithm, body))
  })
  return known.length > 0 && (await Promise.all(checks)).every(Boolean)
}

function readDictionary(header: string) {
  try {
    return parseDictionary(header)
  } catch (cause) {
    throw new AppError('signature_invalid', { cause })
  }
}

async function digestOf(algorithm: string, body: Uint8Array): Promise<string> {
  return toBase64(await crypto.subtle.digest(algorithm, body as BufferSource))
}

const toBase64 = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes)))

/** A failure of the store while the secret was looked up is no fault of the signature. */
function refuse(error: unknown): never {
  if (!isSignatureError(error)) throw error
  if (error.code === 'ResolverFailed') throw error.cause
  throw new AppError('signature_invalid', { cause: error })
}
