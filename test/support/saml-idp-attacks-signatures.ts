/** Signatures that are missing, weak, somebody else's, about something else, or of another shape. */
import { createHash } from 'node:crypto'
import type { Attack, Attacks, Forge } from './saml-idp-attacks.ts'
import { write, writeResponse } from './saml-idp-messages.ts'
import {
  CANONICAL,
  canonical,
  ENVELOPED,
  EXCLUSIVE,
  type Signing,
  signElement,
  transform,
} from './saml-idp-signature.ts'

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
const HMAC = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'
const SHAPE = /is not made of/
const FITS_NONE = 'the signature fits no certificate of the connection'
const ALTERED = 'what is signed was altered'

/** Well signed, but not in the one way that is taken. */
const signed = (reason: string | RegExp, signing: Signing): Attack => [
  reason,
  ({ write }) => write({}, signing).response,
]

/** Well signed, and changed afterwards. */
const changed = (reason: string | RegExp, change: (response: string, forge: Forge) => string): Attack => [
  reason,
  (forge) => change(forge.write().response, forge),
]

const signedInfo = /<ds:SignedInfo .*?<\/ds:SignedInfo>/s
const reference = /<ds:Reference .*?<\/ds:Reference>/s
const digestValue = /<ds:DigestValue>.*?<\/ds:DigestValue>/s

export const BAD_SIGNATURES: Attacks = {
  none: [
    'not one signature',
    ({ write }) => {
      const { facts, assertion } = write()
      return writeResponse(facts, assertion)
    },
  ],
  'only on the response': [
    'not one signature',
    ({ write, idp }) => {
      const { facts, assertion } = write()
      return signElement(writeResponse(facts, assertion), facts.responseId, idp)
    },
  ],
  "by a stranger's key that is in the message": [FITS_NONE, ({ login, stranger }) => write(login, stranger).response],
  "by a stranger's key on the response": [
    FITS_NONE,
    ({ write, stranger }) => {
      const { facts, response } = write()
      return signElement(response, facts.responseId, stranger)
    },
  ],
  'with the public certificate as an HMAC key': signed('a signature method that is not allowed', { hmac: HMAC }),
  'with RSA-SHA1': signed('a signature method that is not allowed', { method: 'rsa-sha1' }),
  'with RSA-MD5': signed('a signature method that is not allowed', { method: 'rsa-md5' }),
  'with the name of a property for a method': signed('a signature method that is not allowed', { hmac: 'constructor' }),
  'over a SHA-1 digest': signed('a digest method that is not allowed', { digest: 'sha1' }),
  'over an MD5 digest': signed('a digest method that is not allowed', { digest: 'md5' }),

  'with inclusive canonicalisation of SignedInfo': signed('not exclusive canonicalisation', { canonicalisation: C14N }),
  'with canonicalisation that keeps comments': signed('not exclusive canonicalisation', {
    canonicalisation: `${EXCLUSIVE}WithComments`,
  }),
  'without the exclusive transform': signed(SHAPE, { transforms: ENVELOPED }),
  'without the enveloped transform': signed(SHAPE, { transforms: CANONICAL }),
  'with inclusive canonicalisation': signed('not exclusive canonicalisation', {
    transforms: ENVELOPED + transform(C14N),
  }),
  'with the transforms the other way round': signed('a transform', { transforms: CANONICAL + ENVELOPED }),
  'with an XPath transform': signed(SHAPE, {
    transforms:
      ENVELOPED + transform('http://www.w3.org/TR/1999/REC-xpath-19991116', '<ds:XPath>true()</ds:XPath>') + CANONICAL,
  }),
  'with an XSLT transform': signed(SHAPE, {
    transforms: ENVELOPED + transform('http://www.w3.org/TR/1999/REC-xslt-19991116') + CANONICAL,
  }),
  'with a thousand transforms': signed(SHAPE, { transforms: ENVELOPED + CANONICAL.repeat(1000) }),
  'with a long list of prefixes': signed('too many prefixes', {
    transforms: `${ENVELOPED}${transform(EXCLUSIVE, `<ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" PrefixList="${'a '.repeat(5000)}"></ec:InclusiveNamespaces>`)}`,
  }),

  'about the whole document': signed('the signature is about something else', { uri: '' }),
  'about another element': signed('the signature is about something else', { uri: '#_another' }),
  'about an XPointer': signed('the signature is about something else', { uri: '#xpointer(/)' }),
  'about a document elsewhere': signed('the signature is about something else', { uri: 'https://evil.example/' }),
  'with two references': signed(SHAPE, { alterInfo: (info) => info.replace(reference, '$&$&') }),
  'with a thousand references': signed(SHAPE, {
    alterInfo: (info) => info.replace(reference, (found) => found.repeat(100)),
  }),
  'with two digests': signed(SHAPE, { alterInfo: (info) => info.replace(digestValue, '$&$&') }),

  'with two SignedInfo, the false one first': changed(SHAPE, (response) => response.replace(signedInfo, '$&$&')),
  'with two values': changed(SHAPE, (response) =>
    response.replace(/<ds:SignatureValue>.*?<\/ds:SignatureValue>/s, '$&$&'),
  ),
  'twice in the assertion': changed('not one signature', (response) =>
    response.replace(/<ds:Signature .*?<\/ds:Signature>/s, '$&$&'),
  ),
  'with an object': changed(SHAPE, (response) => response.replace('</ds:Signature>', '<ds:Object></ds:Object>$&')),
  'that is not base64': changed('not base64', (response) => response.replace('<ds:SignatureValue>', '$&*')),
  'with elements in its value': changed('not base64', (response) =>
    response.replace('<ds:SignatureValue>', '$&<ds:X></ds:X>'),
  ),
  'that is empty': changed(FITS_NONE, (response) =>
    response.replace(/<ds:SignatureValue>.*?<\/ds:SignatureValue>/s, '<ds:SignatureValue></ds:SignatureValue>'),
  ),

  'about a name that was altered': changed(ALTERED, (response, { login }) =>
    response.replace(`<saml:NameID>${login.subject}`, '<saml:NameID>mallory'),
  ),
  'about attributes that were added': changed(ALTERED, (response) =>
    response.replace('</saml:AuthnStatement>', '$&<saml:AttributeStatement></saml:AttributeStatement>'),
  ),
  'about an altered name, with a new digest': changed(FITS_NONE, (response, { login }) => {
    const altered = response.replace(`<saml:NameID>${login.subject}`, '<saml:NameID>mallory')
    const bare = altered.replace(/<ds:Signature .*?<\/ds:Signature>/s, '')
    const [, id = ''] = /<saml:Assertion .*? ID="(\w+)"/.exec(bare) ?? []
    const digest = createHash('sha256').update(canonical(bare, id)).digest('base64')
    return altered.replace(digestValue, `<ds:DigestValue>${digest}</ds:DigestValue>`)
  }),
}
