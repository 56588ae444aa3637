/** An authenticator in software: it makes ES256 passkeys and signs with them (WebAuthn level 3), and lies on request. */
import { createHash, randomBytes } from 'node:crypto'
import { ORIGIN } from './variables.ts'

interface CreationOptions {
  challenge: string
  user: { id: string }
}

export interface Lies {
  origin?: string
  rpId?: string
  challenge?: string
  /** User present 1, user verified 4, with a new credential 64. */
  flags?: number
  counter?: number
  userHandle?: string
  type?: string
}

export type Passkey = Awaited<ReturnType<typeof makePasskey>>

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const base64url = (bytes: Uint8Array | ArrayBuffer) => Buffer.from(bytes as Uint8Array).toString('base64url')
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()

export async function makePasskey() {
  const keys = await crypto.subtle.generateKey(P256, true, ['sign', 'verify'])
  const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey)
  const id = randomBytes(24)
  const credential = { id: base64url(id), rawId: base64url(id), type: 'public-key', clientExtensionResults: {} }
  let counter = 0
  let userHandle = ''

  return {
    id: credential.id,
    /** A copy of the authenticator, which goes on counting by itself. */
    set counter(value: number) {
      counter = value
    },

    create({ challenge, user }: CreationOptions, lies: Lies = {}) {
      userHandle = user.id
      const point = Buffer.concat([Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')])
      const attested = Buffer.concat([Buffer.alloc(16), uint16(id.length), id, coseKey(point)])
      const authData = Buffer.concat([authenticatorData(lies.flags ?? 0x45, lies.counter ?? counter, lies), attested])
      const clientDataJSON = clientData('webauthn.create', challenge, lies)
      return {
        ...credential,
        response: { clientDataJSON, attestationObject: base64url(noAttestation(authData)), transports: ['internal'] },
      }
    },

    async get({ challenge }: { challenge: string }, lies: Lies = {}) {
      const authData = authenticatorData(lies.flags ?? 0x05, lies.counter ?? ++counter, lies)
      const clientDataJSON = clientData('webauthn.get', challenge, lies)
      const signed = Buffer.concat([authData, sha256(Buffer.from(clientDataJSON, 'base64url'))])
      const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, signed)
      return {
        ...credential,
        response: {
          clientDataJSON,
          authenticatorData: base64url(authData),
          signature: base64url(der(new Uint8Array(raw))),
          userHandle: lies.userHandle ?? userHandle,
        },
      }
    },
  }
}

function clientData(type: string, challenge: string, lies: Lies): string {
  const data = { type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin: lies.origin ?? ORIGIN }
  return base64url(Buffer.from(JSON.stringify({ ...data, crossOrigin: false })))
}

function authenticatorData(flags: number, counter: number, { rpId = new URL(ORIGIN).hostname }: Lies): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([sha256(rpId), Buffer.from([flags]), count])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

/** CBOR of `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`: an EC key for ES256 on P-256 (RFC 9053 section 7.1). */
function coseKey(point: Buffer): Buffer {
  const start = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01])
  const bytes = (label: number, value: Buffer) => Buffer.concat([Buffer.from([label, 0x58, 32]), value])
  return Buffer.concat([start, bytes(0x21, point.subarray(0, 32)), bytes(0x22, point.subarray(32))])
}

/** CBOR of `{fmt: "none", attStmt: {}, authData}`. */
function noAttestation(authData: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)])
  const bytes = Buffer.concat([Buffer.from([0x59]), uint16(authData.length), authData])
  const entries = [text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0]), text('authData'), bytes]
  return Buffer.concat([Buffer.from([0xa3]), ...entries])
}

/** WebAuthn signs in DER, WebCrypto in two bare numbers. */
function der(raw: Uint8Array): Buffer {
  const integer = (bytes: Uint8Array) => {
    const trimmed = Buffer.from(bytes.slice(bytes.findIndex((byte) => byte !== 0)))
    const value = (trimmed[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed
    return Buffer.concat([Buffer.from([0x02, value.length]), value])
  }
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}
