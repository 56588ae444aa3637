/** Well signed, by the right key, and still not about this login, for us, or now. */
import type { Attack, Attacks } from './saml-idp-attacks.ts'
import { at, type Facts, writeResponse } from './saml-idp-messages.ts'
import { signElement } from './saml-idp-signature.ts'

const ANOTHER = 'an answer to another request'
const changed = (reason: string | RegExp, change: Partial<Facts>): Attack => [
  reason,
  ({ write }) => write(change).response,
]
const timed = (reason: string, change: (in_: (seconds: number) => string) => Partial<Facts>): Attack => [
  reason,
  ({ write, login }) => write(change((seconds) => at(login.now, seconds))).response,
]
const name = (attributes: string, text: string) => ({ nameId: `<saml:NameID${attributes}>${text}</saml:NameID>` })
const TRANSIENT = ' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"'
const restricted = (...audiences: string[]) =>
  `<saml:AudienceRestriction>${audiences.map((one) => `<saml:Audience>${one}</saml:Audience>`).join('')}</saml:AudienceRestriction>`

export const WRONG_FACTS: Attacks = {
  'of another issuer': changed('another issuer', { issuer: 'urn:evil' }),
  'of an issuer that only begins alike': [
    'another issuer',
    ({ write, login }) => write({ issuer: `${login.entityId}.evil.example` }).response,
  ],
  'in a response of another issuer': changed('another issuer', {
    responseIssuer: '<saml:Issuer>urn:evil</saml:Issuer>',
  }),
  'for another audience': changed('meant for another audience', { audiences: restricted('urn:evil') }),
  'for no audience': changed('meant for another audience', { audiences: '' }),
  'for an empty audience': changed('meant for another audience', { audiences: restricted() }),
  'for us and, in a second restriction, for others only': [
    'meant for another audience',
    ({ write, login }) => write({ audiences: restricted(login.audience) + restricted('urn:evil') }).response,
  ],
  'under an unknown condition': [
    'an unknown condition',
    ({ write, login }) =>
      write({ audiences: `${restricted(login.audience)}<saml:Condition></saml:Condition>` }).response,
  ],
  'without conditions': changed('not one Conditions in Assertion', { conditions: '' }),
  'for another destination': changed('meant for another destination', { destination: 'https://evil.example/acs' }),
  'for no destination': changed('meant for another destination', { destination: undefined }),
  'for another recipient': changed('meant for another recipient', { recipient: 'https://evil.example/acs' }),
  'for no recipient': changed('meant for another recipient', { recipient: undefined }),
  'to another request': changed(ANOTHER, { responseTo: '_another', inResponseTo: '_another' }),
  'to another request, in the part that is signed': changed(ANOTHER, { inResponseTo: '_another' }),
  'to another request, in the part that is not': changed(ANOTHER, { responseTo: '_another' }),
  'to no request': changed(ANOTHER, { responseTo: undefined, inResponseTo: undefined }),
  'to no request, in the part that is signed': changed(ANOTHER, { inResponseTo: undefined }),
  'of another version': changed('not SAML 2.0', { version: '1.1' }),

  'that has run out': timed('expired', (in_) => ({ notOnOrAfter: in_(-61), confirmedUntil: in_(300) })),
  'whose confirmation has run out': timed('expired', (in_) => ({ confirmedUntil: in_(-61) })),
  'that does not hold yet': timed('not valid yet', (in_) => ({ notBefore: in_(63) })),
  'whose confirmation does not hold yet': timed('not valid yet', (in_) => ({ confirmedFrom: in_(63) })),
  'whose confirmation never ends': changed('a confirmation without end', { confirmedUntil: undefined }),
  'whose session has ended': timed('the session has ended', (in_) => ({ sessionEnd: in_(-61) })),
  'with a time that is none': changed('not a time', { confirmedUntil: '9999' }),
  'with a local time': changed('not a time', { confirmedUntil: '2099-01-01T00:00:00' }),

  'without a confirmation': changed('not one bearer confirmation', { confirmation: '' }),
  'with a confirmation without data': changed('not one SubjectConfirmationData in SubjectConfirmation', {
    confirmation:
      '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"></saml:SubjectConfirmation>',
  }),
  'confirmed by the holder of a key': changed('not one bearer confirmation', {
    method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key',
  }),
  'without a word on the authentication': changed('no word on the authentication', { statement: '' }),
  'without a name': changed('not one NameID in Subject', { nameId: '' }),
  'with two names': changed('not one NameID in Subject', { nameId: '<saml:NameID>a</saml:NameID>'.repeat(2) }),
  'with an empty name': changed('no name', name('', '')),
  'with a blank name': changed('no name', name('', ' \n ')),
  'with elements in the name': changed('no name', name('', 'ada<saml:x></saml:x>')),
  'with a name for this one login': changed('a transient name', name(TRANSIENT, 'ada')),
  'with a name that is too long': changed('a name that cannot be kept', name('', 'a'.repeat(300))),

  'beside another, both signed': [
    'not one assertion',
    ({ write }) => {
      const { facts, signed } = write()
      return writeResponse(facts, signed + write().signed)
    },
  ],
  'that is not there': [
    'not one assertion',
    ({ write, idp }) => {
      const { facts } = write()
      return signElement(writeResponse(facts, ''), facts.responseId, idp)
    },
  ],
  'that is among extensions': [
    'the assertion is not where it belongs',
    ({ write }) => {
      const { facts, signed } = write()
      return writeResponse(facts, `<samlp:Extensions>${signed}</samlp:Extensions>`)
    },
  ],
  'that is encrypted for somebody else': [
    'encrypted, and the connection has no key',
    ({ write }) => writeResponse(write().facts, '<saml:EncryptedAssertion></saml:EncryptedAssertion>'),
  ],
}
