/** What an assertion says about a person, in our words: identity providers spell the same few things in many ways. */
import { Email, Groups, Name, type Profile, Subject } from '../profile.ts'
import type { AssertionClaims } from './assertion.ts'
import { refuse } from './refuse.ts'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const MICROSOFT = 'http://schemas.microsoft.com/ws/2008/06/identity/claims'
const EDU_PERSON = 'urn:oid:1.3.6.1.4.1.5923.1'

/** In lower case, the likelier ones first. */
const SPELLINGS = {
  email: ['mail', 'email', 'emailaddress', 'urn:oid:0.9.2342.19200300.100.1.3', `${CLAIMS}/emailaddress`],
  firstName: ['givenname', 'firstname', 'first_name', 'urn:oid:2.5.4.42', `${CLAIMS}/givenname`],
  lastName: ['sn', 'surname', 'lastname', 'last_name', 'urn:oid:2.5.4.4', `${CLAIMS}/surname`],
  displayName: [
    'displayname',
    'cn',
    'urn:oid:2.16.840.1.113730.3.1.241',
    'urn:oid:2.5.4.3',
    'http://schemas.microsoft.com/identity/claims/displayname',
  ],
  groups: [
    'groups',
    'group',
    'roles',
    'role',
    'memberof',
    'ismemberof',
    `${MICROSOFT}/groups`,
    `${MICROSOFT}/role`,
    'http://schemas.xmlsoap.org/claims/group',
    `${EDU_PERSON}.1.1.1`,
    `${EDU_PERSON}.1.1.7`,
    `${EDU_PERSON}.5.1.1`,
  ],
} as const

/** Whether its word on the address counts is for the connection to say. */
export function toProfile({ subject, attributes }: AssertionClaims): Omit<Profile, 'emailVouched'> {
  const given = new Map<string, string[]>()
  for (const [name, values] of attributes) given.set(name.toLowerCase(), values)
  const all = (names: readonly string[]) => names.flatMap((name) => given.get(name) ?? [])
  const first = (names: readonly string[]) => all(names)[0]

  const known = Subject.safeParse(subject)
  const [firstWords, lastWord] = splitName(first(SPELLINGS.displayName))
  return {
    subject: known.success ? known.data : refuse('a name that cannot be kept'),
    email: Email.parse(first(SPELLINGS.email) ?? subject),
    firstName: Name.parse(first(SPELLINGS.firstName) ?? firstWords),
    lastName: Name.parse(first(SPELLINGS.lastName) ?? lastWord),
    groups: Groups.parse(all(SPELLINGS.groups)),
  }
}

/** The last word is taken for the last name. */
function splitName(name = ''): [string | undefined, string | undefined] {
  const words = name.split(' ').filter(Boolean)
  const last = words.pop()
  return words.length > 0 ? [words.join(' '), last] : [last, undefined]
}
