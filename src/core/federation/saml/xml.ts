/** What is left of XML in a SAML message of the strict profile: elements, attributes and text. */
import { refuse } from './refuse.ts'

export const NS = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  xml: 'http://www.w3.org/XML/1998/namespace',
} as const

export interface XmlAttribute {
  prefix: string
  local: string
  namespace: string
  value: string
}

export interface XmlElement {
  prefix: string
  local: string
  namespace: string
  /** Without the declarations of namespaces. */
  attributes: XmlAttribute[]
  /** Every prefix in scope and the namespace it stands for; the default namespace under `''`. */
  scope: ReadonlyMap<string, string>
  children: (XmlElement | string)[]
}

export const isElement = (node: XmlElement | string): node is XmlElement => typeof node !== 'string'

export const is = (element: XmlElement, namespace: string, local: string) =>
  element.local === local && element.namespace === namespace

export const childElements = (element: XmlElement) => element.children.filter(isElement)

export function childrenNamed(element: XmlElement, namespace: string, local: string): XmlElement[] {
  return childElements(element).filter((child) => is(child, namespace, local))
}

/** The element itself and everything below it, in the order of the text. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) if (isElement(child)) yield* descendants(child)
}

/** The child elements, which are to be exactly these, in this order; `maybe` names one that may follow them. */
export function sequence<const Names extends readonly string[]>(
  element: XmlElement,
  namespace: string,
  names: Names,
  maybe?: string,
): { [Index in keyof Names]: XmlElement } {
  const children = childElements(element)
  const last = children.at(-1)
  const found = maybe && last && is(last, namespace, maybe) ? children.slice(0, -1) : children
  const asNamed =
    found.length === names.length && found.every((child, index) => is(child, namespace, names[index] ?? ''))
  if (!asNamed) refuse(`${element.local} is not made of ${names.join(', ')}`)
  return found as { [Index in keyof Names]: XmlElement }
}

export function only<T>(found: T[], reason: string): T {
  const [first, ...more] = found
  return first === undefined || more.length > 0 ? refuse(reason) : first
}

/** Attributes of SAML, XML Signature and XML Encryption have no namespace. */
export function attribute(element: XmlElement, local: string): string | undefined {
  return element.attributes.find((candidate) => candidate.local === local && candidate.namespace === '')?.value
}

/** The text of an element that holds nothing else; undefined when there are elements in it. */
export function textOf(element: XmlElement): string | undefined {
  return element.children.some(isElement) ? undefined : element.children.join('')
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
