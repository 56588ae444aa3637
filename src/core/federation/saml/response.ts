/**
 * A SAML response into what its assertion says (saml-profiles section 4.1.4.3). Pure: single use is the caller's part.
 * What is not signed decides only how to go on; every claim comes out of the bytes that the assertion's own signature
 * covers.
 */
import { AppError } from '../../errors.ts'
import { type AssertionClaims, type Expected, readAssertion, requireIssuer } from './assertion.ts'
import { decodeBase64 } from './base64.ts'
import { decryptElement } from './decryption.ts'
import { refuse, required } from './refuse.ts'
import { readSigned, signaturesOf } from './signature.ts'
import { attribute, childrenNamed, descendants, is, NS, only, type XmlElement } from './xml.ts'
import { parseXml } from './xml-parser.ts'

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'

/**
 * `encoded` is the form field SAMLResponse. Throws `login_denied` when the identity provider says that it did not log
 * the person in, else `saml_refused`.
 */
export async function readResponse(encoded: string, expected: Expected): Promise<AssertionClaims> {
  const message = parseXml(required(decodeBase64(encoded), 'not base64'))
  if (!is(message, NS.protocol, 'Response')) refuse('not a response')
  requireUniqueIds(message)
  const isSigned = signaturesOf(message).length > 0
  const response = isSigned ? await readSigned(message, expected.certificates) : message
  checkResponse(response, expected)
  return readAssertion(await openAssertion(message, expected, isSigned), expected)
}

function checkResponse(response: XmlElement, expected: Expected): void {
  if (attribute(response, 'Version') !== '2.0') refuse('not SAML 2.0')
  if (!expected.destinations.includes(attribute(response, 'Destination') ?? '')) refuse('meant for another destination')
  if (attribute(response, 'InResponseTo') !== expected.inResponseTo) refuse('an answer to another request')
  for (const issuer of childrenNamed(response, NS.assertion, 'Issuer')) requireIssuer(issuer, expected)
  const status = only(childrenNamed(response, NS.protocol, 'Status'), 'not one status')
  const code = only(childrenNamed(status, NS.protocol, 'StatusCode'), 'not one status code')
  if (attribute(code, 'Value') === SUCCESS) return
  const [detail = code] = childrenNamed(code, NS.protocol, 'StatusCode')
  throw new AppError('login_denied', { cause: new Error(`SAML status ${attribute(detail, 'Value')}`) })
}

/** The one assertion that there is in the whole message, from the bytes that were signed. */
async function openAssertion(message: XmlElement, expected: Expected, cbc: boolean): Promise<XmlElement> {
  const found = only(assertionsIn(message), 'not one assertion')
  if (!message.children.includes(found)) refuse('the assertion is not where it belongs')
  if (is(found, NS.assertion, 'Assertion')) return readSigned(found, expected.certificates)
  const privateKey = expected.privateKey ?? refuse('encrypted, and the connection has no key')
  const opened = await decryptElement(found, { privateKey, cbc })
  requireUniqueIds(opened)
  const [assertion] = assertionsIn(opened)
  if (assertion !== opened || assertionsIn(opened).length > 1) refuse('not one assertion')
  return readSigned(opened, expected.certificates)
}

function assertionsIn(element: XmlElement): XmlElement[] {
  const names = ['Assertion', 'EncryptedAssertion']
  return [...descendants(element)].filter(({ local, namespace }) => namespace === NS.assertion && names.includes(local))
}

/** Whatever any reader could take for an ID. */
function requireUniqueIds(root: XmlElement): void {
  const seen = new Set<string>()
  for (const { attributes } of descendants(root))
    for (const { local, value } of attributes) {
      if (local.toLowerCase() !== 'id') continue
      if (seen.has(value)) refuse('an ID is there twice')
      seen.add(value)
    }
}
