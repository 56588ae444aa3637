/** What the metadata of an identity provider says: who it is, where it is asked, what it signs with (saml-metadata 2.4.3). */
import { bareCertificate, isUsableCertificate } from './certificates.ts'
import { isPast } from './instants.ts'
import { refuse, required } from './refuse.ts'
import { attribute, childrenNamed, descendants, is, NS, only, textOf, type XmlElement } from './xml.ts'
import { parseXml } from './xml-parser.ts'

export interface PeerMetadata {
  entityId: string
  ssoUrl: string
  /** Base64 of DER. */
  certificates: string[]
}

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
export const MOST_CERTIFICATES = 10

/** Throws `saml_refused` when it describes no identity provider, or several, or has run out. */
export async function readPeerMetadata(bytes: Uint8Array, now: Date): Promise<PeerMetadata> {
  const root = parseXml(withoutComments(bytes))
  const entities = [...descendants(root)].filter((element) => is(element, NS.metadata, 'EntityDescriptor'))
  const entity = only(
    entities.filter((candidate) => rolesOf(candidate).length > 0),
    'not one identity provider in the metadata',
  )
  for (const element of [root, entity]) {
    const end = attribute(element, 'validUntil')
    if (end !== undefined && isPast(end, now)) refuse('metadata that has run out')
  }
  const role = only(rolesOf(entity), 'not one identity provider in the metadata')
  const services = childrenNamed(role, NS.metadata, 'SingleSignOnService')
  const redirect = services.find((service) => attribute(service, 'Binding') === REDIRECT)
  return {
    entityId: required(attribute(entity, 'entityID'), 'metadata without an entity id'),
    ssoUrl: required(redirect && attribute(redirect, 'Location'), 'metadata without the redirect binding'),
    certificates: await signingCertificates(role),
  }
}

const rolesOf = (entity: XmlElement) =>
  childrenNamed(entity, NS.metadata, 'IDPSSODescriptor').filter((role) =>
    attribute(role, 'protocolSupportEnumeration')?.split(/\s+/).includes(NS.protocol),
  )

/** Those that we could use; others belong to algorithms that we refuse. */
async function signingCertificates(role: XmlElement): Promise<string[]> {
  const found = childrenNamed(role, NS.metadata, 'KeyDescriptor')
    .filter((key) => (attribute(key, 'use') ?? 'signing') === 'signing')
    .flatMap((key) => [...descendants(key)].filter((element) => is(element, NS.signature, 'X509Certificate')))
    .map((element) => bareCertificate(textOf(element) ?? ''))
  const distinct = [...new Set(found)].slice(0, MOST_CERTIFICATES)
  const usable = await Promise.all(distinct.map(isUsableCertificate))
  const certificates = distinct.filter((_, index) => usable[index])
  return certificates.length > 0 ? certificates : refuse('metadata without a usable certificate')
}

/** Metadata is written by hand and has comments; in messages there are none. */
function withoutComments(bytes: Uint8Array): Uint8Array {
  const [first = '', ...commented] = new TextDecoder().decode(bytes).split('<!--')
  const rest = commented.map((part) => {
    const end = part.indexOf('-->')
    return end < 0 ? refuse('a comment does not end') : part.slice(end + 3)
  })
  return new TextEncoder().encode(first + rest.join(''))
}
