/**
 * Signs XML as identity providers do, and in all the ways in which they should not. What is signed is canonicalised by
 * xml-crypto, so that the service's own canonicalisation is judged by another.
 */
import { constants, createHash, createHmac, type KeyObject, sign } from 'node:crypto'
import { DOMParser } from '@xmldom/xmldom'
import { ExclusiveCanonicalization } from 'xml-crypto'
import type { Certified } from './saml-idp-certificate.ts'

const DSIG = 'http://www.w3.org/2000/09/xmldsig#'
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const ENC = 'http://www.w3.org/2001/04/xmlenc#'
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'

export const DIGESTS = {
  md5: `${MORE}md5`,
  sha1: `${DSIG}sha1`,
  sha256: `${ENC}sha256`,
  sha384: `${MORE}sha384`,
  sha512: `${ENC}sha512`,
} as const

const plain = (hash: string) => (data: string, key: KeyObject) => sign(hash, Buffer.from(data), key)
const pss = (hash: string) => (data: string, key: KeyObject) =>
  sign(hash, Buffer.from(data), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  })
const ecdsa = (hash: string) => (data: string, key: KeyObject) =>
  sign(hash, Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' })

export const METHODS = {
  'rsa-md5': [`${MORE}rsa-md5`, plain('md5')],
  'rsa-sha1': [`${DSIG}rsa-sha1`, plain('sha1')],
  'rsa-sha256': [`${MORE}rsa-sha256`, plain('sha256')],
  'rsa-sha384': [`${MORE}rsa-sha384`, plain('sha384')],
  'rsa-sha512': [`${MORE}rsa-sha512`, plain('sha512')],
  'rsa-pss-sha256': ['http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1', pss('sha256')],
  'ecdsa-sha1': [`${MORE}ecdsa-sha1`, ecdsa('sha1')],
  'ecdsa-sha256': [`${MORE}ecdsa-sha256`, ecdsa('sha256')],
  'ecdsa-sha384': [`${MORE}ecdsa-sha384`, ecdsa('sha384')],
  'ecdsa-sha512': [`${MORE}ecdsa-sha512`, ecdsa('sha512')],
} as const satisfies Record<string, [string, (data: string, key: KeyObject) => Buffer]>

export interface Signing {
  method?: keyof typeof METHODS
  digest?: keyof typeof DIGESTS
  /** The transforms as XML; else the two that belong there. */
  transforms?: string
  canonicalisation?: string
  /** The URI of the reference; else the ID. */
  uri?: string
  /** Changes SignedInfo before it is signed. */
  alterInfo?: (signedInfo: string) => string
  /** Signs by itself, with what everybody knows for a secret. */
  hmac?: string
}

export const transform = (algorithm: string, inside = '') =>
  `<ds:Transform Algorithm="${algorithm}">${inside}</ds:Transform>`
export const ENVELOPED = transform(`${DSIG}enveloped-signature`)
export const CANONICAL = transform(EXCLUSIVE)

/** Puts an enveloped signature behind the issuer of the element with this ID. */
export function signElement(xml: string, id: string, signer: Certified, signing: Signing = {}): string {
  const digest = createHash(signing.digest ?? 'sha256')
    .update(canonical(xml, id))
    .digest('base64')
  const signature = toSignature({ id, digest, signer, signing })
  const start = xml.indexOf(`ID="${id}"`)
  const at = xml.indexOf('</saml:Issuer>', start) + '</saml:Issuer>'.length
  return xml.slice(0, at) + signature + xml.slice(at)
}

function toSignature({
  id,
  digest,
  signer,
  signing,
}: {
  id: string
  digest: string
  signer: Certified
  signing: Signing
}) {
  const [method, signWith] = METHODS[signing.method ?? 'rsa-sha256']
  const { canonicalisation = EXCLUSIVE, uri = `#${id}`, transforms = ENVELOPED + CANONICAL } = signing
  const written = `<ds:SignedInfo xmlns:ds="${DSIG}"><ds:CanonicalizationMethod Algorithm="${canonicalisation}"></ds:CanonicalizationMethod>\
<ds:SignatureMethod Algorithm="${signing.hmac ?? method}"></ds:SignatureMethod><ds:Reference URI="${uri}"><ds:Transforms>${transforms}</ds:Transforms>\
<ds:DigestMethod Algorithm="${DIGESTS[signing.digest ?? 'sha256']}"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`
  const info = signing.alterInfo?.(written) ?? written
  const value = signing.hmac
    ? createHmac('sha256', signer.certificate).update(canonical(info)).digest('base64')
    : signWith(canonical(info), signer.privateKey).toString('base64')
  const certificate = signer.certificate.replace(/-----.*?-----|\s/g, '')
  return `<ds:Signature xmlns:ds="${DSIG}">${info}<ds:SignatureValue>${value}</ds:SignatureValue>\
<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`
}

/** Of the whole document, or of the element with this ID in it. */
export function canonical(xml: string, id?: string): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const element = id === undefined ? document.documentElement : findById(document, id)
  return String(new ExclusiveCanonicalization().process(element as never, {} as never))
}

function findById(document: ReturnType<DOMParser['parseFromString']>, id: string) {
  const all = document.getElementsByTagName('*')
  for (let index = 0; index < all.length; index++)
    if (all.item(index)?.getAttribute('ID') === id) return all.item(index)
  throw new Error(`no element ${id}`)
}
