/** What a verified assertion says, and whether it says it about this login, to us, and now (saml-core section 2). */
import { isPast, readInstant, requireWithin, SKEW_MS } from './instants.ts'
import { refuse, required } from './refuse.ts'
import { attribute, childElements, childrenNamed, NS, only, textOf, type XmlElement } from './xml.ts'

export interface Expected {
  /** The identity provider's entity id. */
  entityId: string
  certificates: string[]
  /** Ours for this connection, PKCS#8 in PEM; opens encrypted assertions. */
  privateKey?: string | undefined
  /** Our entity id. */
  audience: string
  /** The spellings of the address that the message may be meant for. */
  destinations: string[]
  /** The request that is answered; undefined for a response that nobody asked for. */
  inResponseTo: string | undefined
  now: Date
}

export interface AssertionClaims {
  assertionId: string
  /** The NameID: who it is, to this identity provider. */
  subject: string
  /** By the name that the identity provider uses. */
  attributes: Map<string, string[]>
  /** From then on nobody takes the assertion any more, skew included. */
  usableUntil: Date
}

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
/** A new one at each login: it says nothing about who somebody is. */
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
const CONDITIONS = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction']

export function readAssertion(assertion: XmlElement, expected: Expected): AssertionClaims {
  if (attribute(assertion, 'Version') !== '2.0') refuse('not SAML 2.0')
  requireIssuer(child(assertion, 'Issuer'), expected)
  const subject = child(assertion, 'Subject')
  const usableUntil = confirm(subject, expected)
  checkConditions(child(assertion, 'Conditions'), expected)
  checkStatements(childrenNamed(assertion, NS.assertion, 'AuthnStatement'), expected)
  return {
    assertionId: required(attribute(assertion, 'ID'), 'no ID'),
    subject: readNameId(child(subject, 'NameID')),
    attributes: readAttributes(assertion),
    usableUntil,
  }
}

export function requireIssuer(issuer: XmlElement, { entityId }: Expected): void {
  if (textOf(issuer)?.trim() !== entityId) refuse('another issuer')
}

function readNameId(nameId: XmlElement): string {
  const name = textOf(nameId)?.trim()
  if (!name) return refuse('no name')
  return attribute(nameId, 'Format') === TRANSIENT ? refuse('a transient name') : name
}

/** Answers until when it may be used. */
function confirm(subject: XmlElement, { destinations, inResponseTo, now }: Expected): Date {
  const bearers = childrenNamed(subject, NS.assertion, 'SubjectConfirmation').filter(
    (confirmation) => attribute(confirmation, 'Method') === BEARER,
  )
  const data = child(only(bearers, 'not one bearer confirmation'), 'SubjectConfirmationData')
  if (!destinations.includes(attribute(data, 'Recipient') ?? '')) refuse('meant for another recipient')
  if (attribute(data, 'InResponseTo') !== inResponseTo) refuse('an answer to another request')
  requireWithin(data, now)
  const end = required(attribute(data, 'NotOnOrAfter'), 'a confirmation without end')
  return new Date(readInstant(end).getTime() + SKEW_MS)
}

function checkConditions(conditions: XmlElement, { audience, now }: Expected): void {
  requireWithin(conditions, now)
  const known = childElements(conditions).every(
    ({ namespace, local }) => namespace === NS.assertion && CONDITIONS.includes(local),
  )
  if (!known) refuse('an unknown condition')
  const restrictions = childrenNamed(conditions, NS.assertion, 'AudienceRestriction')
  const admits = (restriction: XmlElement) =>
    childrenNamed(restriction, NS.assertion, 'Audience').some((one) => textOf(one)?.trim() === audience)
  if (restrictions.length === 0 || !restrictions.every(admits)) refuse('meant for another audience')
}

function checkStatements(statements: XmlElement[], { now }: Expected): void {
  if (statements.length === 0) refuse('no word on the authentication')
  for (const statement of statements) {
    const end = attribute(statement, 'SessionNotOnOrAfter')
    if (end !== undefined && isPast(end, now)) refuse('the session has ended')
  }
}

function readAttributes(assertion: XmlElement): Map<string, string[]> {
  const attributes = new Map<string, string[]>()
  const statements = childrenNamed(assertion, NS.assertion, 'AttributeStatement')
  for (const given of statements.flatMap((statement) => childrenNamed(statement, NS.assertion, 'Attribute'))) {
    const name = attribute(given, 'Name') ?? ''
    const known = attributes.get(name) ?? []
    const values = childrenNamed(given, NS.assertion, 'AttributeValue').map((value) => textOf(value)?.trim() ?? '')
    known.push(...values.filter(Boolean))
    attributes.set(name, known)
  }
  return attributes
}

const child = (element: XmlElement, local: string) =>
  only(childrenNamed(element, NS.assertion, local), `not one ${local} in ${element.local}`)
