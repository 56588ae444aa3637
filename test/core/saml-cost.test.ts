/** Messages that are built to burn CPU: none costs more than 200 ms, whether it is taken or refused. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { ATTACKS, makeForge } from '../support/saml-idp-attacks.ts'
import { certify } from '../support/saml-idp-certificate.ts'
import { write, writeResponse } from '../support/saml-idp-messages.ts'
import { idp, login, read } from '../support/saml-idp-pair.ts'
import { signElement } from '../support/saml-idp-signature.ts'

const BUDGET_MS = 200
const SIZE = 256 * 1024

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join('')
const declarations = (count: number) => repeat(count, (n) => ` xmlns:p${n}="urn:${n}"`)

/** Inside of a good response, where canonicalisation gets to see it. */
const COSTLY: Record<string, string> = {
  'as much text as there may be': `<x>${'x'.repeat(SIZE - 8000)}</x>`,
  'as many elements': '<x/>'.repeat(3000),
  'as many attributes': `<x${repeat(32, (n) => ` a${n}=""`)}/>`.repeat(300),
  'as deep as may be': '<x>'.repeat(28) + '</x>'.repeat(28),
  'many prefixes, declared anew in every element': `<x${declarations(18)}>${'<q:x xmlns:q="urn:q"/>'.repeat(2500)}</x>`,
  'as many references': `<x>${'&amp;'.repeat(5800)}</x>`,
  'text that grows when it is escaped': `<x>${'>'.repeat(SIZE - 8000)}</x>`,
  'an attribute that grows when it is escaped': `<x a="${'&#9;'.repeat(5800)}"/>`,
}

const WHOLE: Record<string, string> = {
  'white space only': ' '.repeat(SIZE),
  'one tag that never ends': `<a${' '.repeat(SIZE - 2)}`,
  'one name that never ends': `<${'a'.repeat(SIZE - 1)}`,
  'one attribute that never ends': `<a b="${'x'.repeat(SIZE - 6)}`,
  'colons only': `<${'a:'.repeat(SIZE / 2 - 1)}`,
  'attributes only': `<a${repeat(20_000, (n) => ` a${n}=""`)}/>`,
  'start tags only': '<a>'.repeat(SIZE / 3),
  'end tags only': '</a>'.repeat(SIZE / 4),
  'ampersands only': '&'.repeat(SIZE),
  'brackets only': `<a>${']'.repeat(SIZE - 7)}</a>`,
  'line breaks only': '\r'.repeat(SIZE),
  'a declaration that never ends': `<?xml version="1.0"${' '.repeat(SIZE - 19)}`,
}

/** The best of three runs: the machine does other things too. */
async function costMs(xml: string | Uint8Array, certificates = [idp.certificate]): Promise<number> {
  const costs: number[] = []
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage()
    await read(xml, { certificates }).catch(() => undefined)
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / 1000)
  }
  return Math.min(...costs)
}

const within = async (...message: Parameters<typeof costMs>) => {
  const cost = await costMs(...message)
  assert.ok(cost < BUDGET_MS, `${cost} ms`)
}

/** Both are signed, so that everything is canonicalised, digested and parsed as often as it can be. */
function signBoth(inside: string): string {
  const { facts, signed } = write(login, idp, { attributes: `<saml:Attribute Name="x">${inside}</saml:Attribute>` })
  return signElement(writeResponse(facts, signed), facts.responseId, idp)
}

describe('a signed message', () => {
  for (const [name, inside] of Object.entries(COSTLY))
    test(`of ${name} is in the budget`, () => within(signBoth(inside)))

  test('with ten certificates to try is in the budget', () =>
    within(signBoth(''), [
      ...Array(9).fill(certify(generateKeyPairSync('rsa', { modulusLength: 4096 })).certificate),
      idp.certificate,
    ]))
})

describe('what is no message', () => {
  for (const [name, xml] of Object.entries(WHOLE)) test(`but ${name} is in the budget`, () => within(xml))
})

describe('a forged message', () => {
  const forge = makeForge(login, idp)
  for (const [kind, attacks] of Object.entries(ATTACKS))
    test(`of the kind "${kind}" is in the budget`, async () => {
      for (const [, make] of Object.values(attacks)) await within(make(forge))
    })
})
