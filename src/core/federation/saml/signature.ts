/**
 * Enveloped XML signatures (W3C xmldsig-core1) of one shape only: one reference, by ID, to the very element that holds
 * the signature; the transforms "enveloped signature" and exclusive canonicalisation; keys from the connection, never
 * from the message. What comes out is read anew from the bytes that were signed.
 */
import { DIGESTS, SIGNATURES } from './algorithms.ts'
import { bytesIn } from './base64.ts'
import { canonicalise } from './canonical-xml.ts'
import { importCertificate } from './certificates.ts'
import { refuse, required } from './refuse.ts'
import { attribute, childElements, childrenNamed, is, NS, sequence, type XmlElement } from './xml.ts'
import { parseXml } from './xml-parser.ts'

const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const MOST_PREFIXES = 16

export const signaturesOf = (element: XmlElement) => childrenNamed(element, NS.signature, 'Signature')

/** What the signature in `element` vouches for, without the signature, as a tree of its own. */
export async function readSigned(element: XmlElement, certificates: string[]): Promise<XmlElement> {
  const [signature, another] = signaturesOf(element)
  if (!signature || another) return refuse('not one signature')
  const [signedInfo, value] = sequence(signature, NS.signature, ['SignedInfo', 'SignatureValue'], 'KeyInfo')
  const [canonicalisation, method, reference] = sequence(signedInfo, NS.signature, [
    'CanonicalizationMethod',
    'SignatureMethod',
    'Reference',
  ])
  const signed = canonicalise(element, { inclusivePrefixes: readReference(reference, element), without: signature })
  await requireDigest(reference, signed)
  const info = canonicalise(signedInfo, { inclusivePrefixes: readPrefixes(canonicalisation) })
  await requireSignature(attribute(method, 'Algorithm'), encode(info), bytesIn(value), certificates)
  return parseXml(encode(signed))
}

/** The PrefixList of the canonicalisation. */
function readReference(reference: XmlElement, element: XmlElement): string[] {
  const id = attribute(element, 'ID')
  if (!id || attribute(reference, 'URI') !== `#${id}`) refuse('the signature is about something else')
  const [transforms] = sequence(reference, NS.signature, ['Transforms', 'DigestMethod', 'DigestValue'])
  const [enveloped, exclusive] = sequence(transforms, NS.signature, ['Transform', 'Transform'])
  // It takes no parameters; some write the list of prefixes into it as well.
  if (attribute(enveloped, 'Algorithm') !== ENVELOPED) refuse('a transform')
  return readPrefixes(exclusive)
}

function readPrefixes(method: XmlElement): string[] {
  if (attribute(method, 'Algorithm') !== NS.exclusive) refuse('not exclusive canonicalisation')
  const [list, ...more] = childElements(method)
  if (!list) return []
  if (more.length > 0 || !is(list, NS.exclusive, 'InclusiveNamespaces'))
    refuse('more in a canonicalisation than there may be')
  const prefixes = (attribute(list, 'PrefixList') ?? '').split(' ').filter(Boolean)
  return prefixes.length > MOST_PREFIXES ? refuse('too many prefixes') : prefixes
}

async function requireDigest(reference: XmlElement, signed: string): Promise<void> {
  const [, method, value] = sequence(reference, NS.signature, ['Transforms', 'DigestMethod', 'DigestValue'])
  const algorithm = required(DIGESTS.get(attribute(method, 'Algorithm') ?? ''), 'a digest method that is not allowed')
  const digest = new Uint8Array(await crypto.subtle.digest(algorithm, encode(signed)))
  const expected = bytesIn(value)
  const same = digest.length === expected.length && digest.every((byte, index) => byte === expected[index])
  if (!same) refuse('what is signed was altered')
}

async function requireSignature(
  algorithm: string | undefined,
  data: BufferSource,
  signature: BufferSource,
  certificates: string[],
): Promise<void> {
  const { importAs, verifyAs } = required(SIGNATURES.get(algorithm ?? ''), 'a signature method that is not allowed')
  for (const certificate of certificates) {
    const key = await importCertificate(certificate, importAs)
    if (key && (await crypto.subtle.verify(verifyAs, key, signature, data))) return
  }
  refuse('the signature fits no certificate of the connection')
}

const encode = (text: string) => new TextEncoder().encode(text)
