/** Responses of an identity provider, written by hand, so that each fact of them can be another. */
import { randomBytes } from 'node:crypto'
import type { Certified } from './saml-idp-certificate.ts'
import { type Signing, signElement } from './saml-idp-signature.ts'

export const NS =
  'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
export const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

/** What a login is about. */
export interface Login {
  entityId: string
  audience: string
  consumerUrl: string
  /** Undefined where nobody asked. */
  requestId: string | undefined
  subject: string
  attributes?: Record<string, string[]>
  now: Date
}

/** Attributes that are undefined are left out; elements are whole, so that they can be missing too. */
export interface Facts {
  version: string
  responseId: string
  destination: string | undefined
  responseTo: string | undefined
  responseIssuer: string
  status: string
  assertionId: string
  issuer: string
  nameId: string
  method: string
  recipient: string | undefined
  inResponseTo: string | undefined
  confirmedFrom: string | undefined
  confirmedUntil: string | undefined
  confirmation: string | undefined
  notBefore: string | undefined
  notOnOrAfter: string | undefined
  audiences: string
  conditions: string | undefined
  sessionEnd: string | undefined
  statement: string | undefined
  attributes: string
}

export const newXmlId = () => `_${randomBytes(16).toString('hex')}`

/** So many seconds from then on. */
export const at = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString()

function factsOf({ entityId, audience, consumerUrl, requestId, subject, attributes = {}, now }: Login): Facts {
  return {
    version: '2.0',
    responseId: newXmlId(),
    destination: consumerUrl,
    responseTo: requestId,
    responseIssuer: `<saml:Issuer>${entityId}</saml:Issuer>`,
    status: `<samlp:Status><samlp:StatusCode Value="${SUCCESS}"></samlp:StatusCode></samlp:Status>`,
    assertionId: newXmlId(),
    issuer: entityId,
    nameId: `<saml:NameID>${subject}</saml:NameID>`,
    method: BEARER,
    recipient: consumerUrl,
    inResponseTo: requestId,
    confirmedFrom: undefined,
    confirmedUntil: at(now, 300),
    confirmation: undefined,
    notBefore: at(now, -5),
    notOnOrAfter: at(now, 300),
    audiences: `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`,
    conditions: undefined,
    sessionEnd: undefined,
    statement: undefined,
    attributes: Object.entries(attributes)
      .map(([name, values]) => `<saml:Attribute Name="${name}">${values.map(toValue).join('')}</saml:Attribute>`)
      .join(''),
  }
}

const toValue = (value: string) => `<saml:AttributeValue>${value}</saml:AttributeValue>`

const given = (attributes: Record<string, string | undefined>) =>
  Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${value}"`))
    .join('')

function writeAssertion(facts: Facts): string {
  const { recipient, inResponseTo, confirmedFrom, confirmedUntil, notBefore, notOnOrAfter, sessionEnd } = facts
  const data = given({
    Recipient: recipient,
    InResponseTo: inResponseTo,
    NotBefore: confirmedFrom,
    NotOnOrAfter: confirmedUntil,
  })
  const {
    confirmation = `<saml:SubjectConfirmation Method="${facts.method}"><saml:SubjectConfirmationData${data}></saml:SubjectConfirmationData></saml:SubjectConfirmation>`,
    conditions = `<saml:Conditions${given({ NotBefore: notBefore, NotOnOrAfter: notOnOrAfter })}>${facts.audiences}</saml:Conditions>`,
    statement = `<saml:AuthnStatement AuthnInstant="${new Date().toISOString()}"${given({ SessionNotOnOrAfter: sessionEnd })}></saml:AuthnStatement>`,
  } = facts
  const attributes = facts.attributes && `<saml:AttributeStatement>${facts.attributes}</saml:AttributeStatement>`
  return `<saml:Assertion ${NS} ID="${facts.assertionId}" Version="${facts.version}" IssueInstant="${new Date().toISOString()}">\
<saml:Issuer>${facts.issuer}</saml:Issuer><saml:Subject>${facts.nameId}${confirmation}</saml:Subject>${conditions}${statement}${attributes}</saml:Assertion>`
}

/** Around an assertion, or around whatever else. */
export function writeResponse(facts: Facts, inside: string): string {
  const { responseId, version, destination, responseTo } = facts
  return `<samlp:Response ${NS}${given({ ID: responseId, Version: version, Destination: destination, InResponseTo: responseTo })} \
IssueInstant="${new Date().toISOString()}">${facts.responseIssuer}${facts.status}${inside}</samlp:Response>`
}

export interface Written {
  facts: Facts
  /** As it is, and signed. */
  assertion: string
  signed: string
  /** The response around the signed assertion. */
  response: string
}

/** What an honest identity provider writes, apart from what is changed. */
export function write(login: Login, signer: Certified, changed: Partial<Facts> = {}, signing: Signing = {}): Written {
  const facts = { ...factsOf(login), ...changed }
  const assertion = writeAssertion(facts)
  const signed = signElement(assertion, facts.assertionId, signer, signing)
  return { facts, assertion, signed, response: writeResponse(facts, signed) }
}

export const toField = (xml: string | Uint8Array) => Buffer.from(xml as string).toString('base64')
