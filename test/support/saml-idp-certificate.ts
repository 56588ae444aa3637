/** Self-signed X.509 certificates (RFC 5280), as small as they can be: Node makes keys, but nothing to carry them in. */
import { createSign, type KeyObject, randomBytes } from 'node:crypto'

export interface Certified {
  privateKey: KeyObject
  /** PEM. */
  certificate: string
}

/** RSA or EC keys; signed with SHA-256. */
export function certify({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Certified {
  const algorithm = privateKey.asymmetricKeyType === 'ec' ? ECDSA_SHA256 : RSA_SHA256
  const validity = der(0x30, time('20200101000000Z'), time('20991231235959Z'))
  const toBeSigned = der(
    0x30,
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    NAME,
    validity,
    NAME,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = createSign('sha256').update(toBeSigned).sign(privateKey)
  const certificate = der(0x30, toBeSigned, algorithm, der(0x03, Buffer.of(0), signature))
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return { privateKey, certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` }
}

/** One element of ASN.1 in DER: tag, length, content. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  const bytes = Buffer.from(length.toString(16).padStart(4, '0'), 'hex')
  return Buffer.concat([Buffer.of(tag, 0x82), bytes, content])
}

const time = (text: string) => der(0x18, Buffer.from(text))
const RSA_SHA256 = der(0x30, der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05))
const ECDSA_SHA256 = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
/** CN=Test */
const NAME = der(0x30, der(0x31, der(0x30, der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('Test')))))
