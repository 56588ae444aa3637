/** Parsing and canonicalisation, judged by xmldom and xml-crypto. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DOMParser } from '@xmldom/xmldom'
import { ExclusiveCanonicalization } from 'xml-crypto'
import { canonicalise } from '../../src/core/federation/saml/canonical-xml.ts'
import { childElements, type XmlElement } from '../../src/core/federation/saml/xml.ts'
import { parseXml } from '../../src/core/federation/saml/xml-parser.ts'
import { randomXml } from '../support/saml-idp-random-xml.ts'

const parse = (xml: string) => parseXml(new TextEncoder().encode(xml))

type Node = Parameters<ExclusiveCanonicalization['process']>[0]
const theirs = (node: Node) => String(new ExclusiveCanonicalization().process(node, {} as never))

/** Every element of both trees, side by side. */
function* pairs(their: Node, our: XmlElement): Generator<[Node, XmlElement]> {
  yield [their, our]
  const theirChildren = Array.from({ length: their.childNodes.length }, (_, index) => their.childNodes[index] as Node)
  const elements = theirChildren.filter(({ nodeType }) => nodeType === 1)
  for (const [index, child] of childElements(our).entries()) yield* pairs(elements[index] as Node, child)
}

describe('canonical XML', () => {
  test('of random documents, and of every element in them, is what xml-crypto makes of it', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const xml = randomXml(seed)
      const document = new DOMParser().parseFromString(xml, 'text/xml').documentElement as unknown as Node
      for (const [their, our] of pairs(document, parse(xml))) assert.equal(canonicalise(our), theirs(their), xml)
    }
  })

  test('is its own canonical form', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const once = canonicalise(parse(randomXml(seed)))
      assert.equal(canonicalise(parse(once)), once)
    }
  })

  // W3C xml-exc-c14n section 2.2, the example of two contexts.
  test('of an element does not depend on where the element is', () => {
    const inner =
      '<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2>'
    const first = parse(`<n0:pdu xmlns:n0="http://a.example">${inner}</n0:pdu>`)
    const second = parse(
      `<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr">${inner}</n2:pdu>`,
    )
    const [one, other] = [first, second].map((root) => canonicalise(childElements(root)[0] as XmlElement))
    assert.equal(one, other)
    assert.equal(one, inner.replace('/>', '></n3:stuff>'))
  })

  test('declares what the list of prefixes names, used or not', () => {
    const root = parse('<a xmlns="urn:0" xmlns:xs="urn:xs" xmlns:q="urn:q"><b t="xs:string"/></a>')
    const [child] = childElements(root)
    const options = { inclusivePrefixes: ['xs', '#default', 'missing'] }
    assert.equal(canonicalise(child as XmlElement, options), '<b xmlns="urn:0" xmlns:xs="urn:xs" t="xs:string"></b>')
  })
})
