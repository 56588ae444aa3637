/** Exclusive XML Canonicalization 1.0 of an element, of a tree that has no comments (W3C xml-exc-c14n). */
import { isElement, type XmlAttribute, type XmlElement } from './xml.ts'

interface Options {
  /** The PrefixList: these prefixes are declared wherever they are in scope, used or not. */
  inclusivePrefixes?: string[]
  /** Left out with everything in it: what the transform "enveloped signature" removes. */
  without?: XmlElement
}

export function canonicalise(apex: XmlElement, { inclusivePrefixes = [], without }: Options = {}): string {
  const inclusive = inclusivePrefixes.map((prefix) => (prefix === '#default' ? '' : prefix))
  const render = (element: XmlElement, declared: ReadonlyMap<string, string>): string => {
    const needed = neededPrefixes(element, inclusive).filter(
      (prefix) => namespaceOf(element, prefix) !== declared.get(prefix),
    )
    const inside = needed.length > 0 ? new Map(declared) : (declared as Map<string, string>)
    for (const prefix of needed) inside.set(prefix, namespaceOf(element, prefix))
    const name = qualified(element)
    const content = element.children
      .filter((child) => child !== without)
      .map((child) => (isElement(child) ? render(child, inside) : escapeText(child)))
    const declarations = needed.map(
      (prefix) => ` xmlns${prefix && `:${prefix}`}="${escapeValue(namespaceOf(element, prefix))}"`,
    )
    const attributes = element.attributes
      .toSorted(byNamespaceThenName)
      .map((one) => ` ${qualified(one)}="${escapeValue(one.value)}"`)
    return `<${name}${declarations.join('')}${attributes.join('')}>${content.join('')}</${name}>`
  }
  return render(apex, new Map([['', '']]))
}

/** Sorted; the default namespace, whose prefix is empty, comes first. */
function neededPrefixes(element: XmlElement, inclusive: string[]): string[] {
  const used = [element.prefix, ...element.attributes.map(({ prefix }) => prefix).filter(Boolean)]
  const listed = inclusive.filter((prefix) => element.scope.has(prefix))
  return [...new Set([...used, ...listed])].filter((prefix) => prefix !== 'xml').sort()
}

/** No default namespace is the same as an empty one. */
const namespaceOf = ({ scope }: XmlElement, prefix: string) => scope.get(prefix) ?? ''

const qualified = ({ prefix, local }: { prefix: string; local: string }) => (prefix ? `${prefix}:${local}` : local)

function byNamespaceThenName(a: XmlAttribute, b: XmlAttribute): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.local < b.local ? -1 : 1
}

const escapeText = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;')

const escapeValue = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;')
