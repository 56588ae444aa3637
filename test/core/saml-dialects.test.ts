/** Honest messages come in many dialects of XML; signed here by xml-crypto, which many identity providers are made of. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SignedXml } from 'xml-crypto'
import { readResponse } from '../../src/core/federation/saml/response.ts'
import { at, type Facts, write, writeResponse } from '../support/saml-idp-messages.ts'
import { expected, idp, login, read } from '../support/saml-idp-pair.ts'
import { EXCLUSIVE } from '../support/saml-idp-signature.ts'

const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

/** Signs the elements with these IDs, the inner one first. */
function sign(xml: string, ids: string[], prefix = 'ds', inclusiveNamespacesPrefixList: string[] = []): string {
  return ids.reduce((signed, id) => {
    const signature = new SignedXml({
      privateKey: idp.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      canonicalizationAlgorithm: EXCLUSIVE,
      signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    })
    signature.addReference({
      xpath: `//*[@ID='${id}']`,
      transforms: [ENVELOPED, EXCLUSIVE],
      digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
      inclusiveNamespacesPrefixList,
    })
    const location = { reference: `//*[@ID='${id}']/*[local-name()='Issuer']`, action: 'after' as const }
    signature.computeSignature(signed, { prefix, location })
    return signature.getSignedXml()
  }, xml)
}

function unsigned(changed: Partial<Facts> = {}) {
  const { facts, assertion } = write(login, idp, changed)
  return { facts, xml: writeResponse(facts, assertion) }
}

async function reads(xml: string | Uint8Array, attributes: Record<string, string[]> = {}) {
  const claims = await read(xml)
  assert.equal(claims.subject, login.subject)
  assert.deepEqual(Object.fromEntries(claims.attributes), attributes)
}

const { facts, xml } = unsigned()
const plain = sign(xml, [facts.assertionId])

describe('an honest message', () => {
  test('is read with signatures on assertion and response', () =>
    reads(sign(xml, [facts.assertionId, facts.responseId])))

  test('is read with signatures in the default namespace', () => reads(sign(xml, [facts.assertionId], '')))

  test('is read indented, with signed white space', () =>
    reads(sign(xml.replaceAll('><', '>\n  <'), [facts.assertionId])))

  test('is read with the line ends of other systems', () => reads(plain.replaceAll('\n', '\r\n')))

  for (const declaration of [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    "<?xml version='1.0' encoding='utf-8' standalone='no' ?>",
  ])
    test(`is read behind ${declaration.trim()}`, () => reads(declaration + plain))

  test('is read behind a byte order mark', () => reads(`\ufeff${plain}`))

  test('is read with empty elements written short', () => {
    const { response } = write(login, idp)
    const short = response.replace(/<([\w:]+)([^<>]*)><\/\1>/g, '<$1$2/>')
    assert.notEqual(short, response)
    return reads(short)
  })

  test('is read with typed values, whose prefix only the list of prefixes keeps', async () => {
    const value =
      '<saml:Attribute Name="mail"><saml:AttributeValue xsi:type="xs:string">ada</saml:AttributeValue></saml:Attribute>'
    const typed = unsigned({ attributes: value })
    const declared = typed.xml.replace(
      '<samlp:Response ',
      '$&xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ',
    )
    const ids = [typed.facts.assertionId, typed.facts.responseId]
    await reads(sign(declared, ids, 'ds', ['xs']), { mail: ['ada'] })
    await reads(sign(declared, ids), { mail: ['ada'] })
  })

  test('is read with names of all scripts, and with characters by reference', async () => {
    const value =
      '<saml:Attribute Name="cn"><saml:AttributeValue>Ängström &amp; 林 &#x1F600; &#252;</saml:AttributeValue></saml:Attribute>'
    const named = unsigned({ attributes: value })
    await reads(sign(named.xml, [named.facts.assertionId]), { cn: ['Ängström & 林 😀 ü'] })
  })

  test('is read with eight hundred groups', async () => {
    const groups = Array.from({ length: 800 }, (_, n) => `CN=Group ${n},OU=Groups,DC=example,DC=com`)
    const { response } = write({ ...login, attributes: { groups } }, idp)
    await reads(response, { groups })
  })

  test('is read with times to the second, to the hundred nanoseconds and with an offset', async () => {
    for (const zone of ['Z', '.1234567Z', '+00:00']) {
      const [from, until] = [at(login.now, -5), at(login.now, 300)].map((time) => time.replace(/\.\d+Z$/, zone))
      await reads(write(login, idp, { notBefore: from, notOnOrAfter: until, confirmedUntil: until }).response)
    }
  })

  test('is read while clocks differ by less than a minute', async () => {
    await reads(write(login, idp, { notOnOrAfter: at(login.now, -58), confirmedUntil: at(login.now, -58) }).response)
    await reads(write(login, idp, { notBefore: at(login.now, 58) }).response)
  })

  test('is read in base64 with line breaks', async () => {
    const lines = Buffer.from(plain).toString('base64').replace(/.{76}/g, '$&\r\n')
    assert.equal((await readResponse(lines, expected)).subject, login.subject)
  })
})
