/**
 * Signature wrapping in its eight forms ("On Breaking SAML", USENIX Security 2012): the signed element stays somewhere in
 * the message, and another takes its place. Each once with an ID of its own for the other, and once with the same.
 */
import type { Attack, Attacks, Forge } from './saml-idp-attacks.ts'
import { newXmlId, writeResponse } from './saml-idp-messages.ts'
import { signElement } from './saml-idp-signature.ts'

const SIGNATURE = /<ds:Signature .*?<\/ds:Signature>/s

interface Pieces {
  /** Without its signature, which is apart. */
  original: string
  signature: string
  /** The same, about somebody else. */
  evil: string
}

const behindIssuer = (element: string, inside: string) => element.replace('</saml:Issuer>', `$&${inside}`)
const insideSignature = (signature: string, inside: string) => signature.replace('</ds:Signature>', `${inside}$&`)

/** Both are signed, as many identity providers do. */
const RESPONSES: Record<string, (pieces: Pieces) => string> = {
  'XSW1: the response inside its own signature': ({ original, signature, evil }) =>
    behindIssuer(evil, insideSignature(signature, original)),
  'XSW2: the response before its signature': ({ original, signature, evil }) =>
    behindIssuer(evil, original + signature),
}

const ASSERTIONS: Record<string, (pieces: Pieces) => string> = {
  'XSW3: an assertion before the signed one': ({ original, signature, evil }) =>
    evil + behindIssuer(original, signature),
  'XSW4: an assertion around the signed one': ({ original, signature, evil }) =>
    evil.replace('</saml:Assertion>', `${behindIssuer(original, signature)}$&`),
  'XSW5: the signature in another, the signed one at the end': ({ original, signature, evil }) =>
    behindIssuer(evil, signature) + original,
  'XSW6: the signature in another, the signed one inside': ({ original, signature, evil }) =>
    behindIssuer(evil, insideSignature(signature, original)),
  'XSW7: an assertion among extensions': ({ original, signature, evil }) =>
    `<samlp:Extensions>${evil}</samlp:Extensions>${behindIssuer(original, signature)}`,
  'XSW8: the signed one as an object of the signature': ({ original, signature, evil }) =>
    behindIssuer(evil, insideSignature(signature, `<ds:Object>${original}</ds:Object>`)),
}

function wrapResponse(forge: Forge, wrap: (pieces: Pieces) => string, evilId: string | undefined): string {
  const { facts, response } = forge.write()
  const [signature = ''] = SIGNATURE.exec(signElement(response, facts.responseId, forge.idp)) ?? []
  const evil = evilId ? response.replace(facts.responseId, evilId).replace(facts.assertionId, newXmlId()) : response
  return wrap({ original: response, signature, evil: evil.replaceAll(`>${forge.login.subject}<`, '>mallory<') })
}

function wrapAssertion(forge: Forge, wrap: (pieces: Pieces) => string, evilId: string | undefined): string {
  const { facts, assertion, signed } = forge.write()
  const [signature = ''] = SIGNATURE.exec(signed) ?? []
  const evil = assertion.replace(facts.assertionId, evilId ?? facts.assertionId)
  const pieces = { original: assertion, signature, evil: evil.replace(`>${forge.login.subject}<`, '>mallory<') }
  return writeResponse(facts, wrap(pieces))
}

const wrappings = (
  forms: typeof RESPONSES,
  reason: string | RegExp,
  forge: (from: Forge, wrap: (pieces: Pieces) => string, evilId: string | undefined) => string,
) =>
  Object.entries(forms).flatMap(([name, wrap]): [string, Attack][] => [
    [name, [reason, (from) => forge(from, wrap, newXmlId())]],
    [`${name}, with the same ID`, ['an ID is there twice', (from) => forge(from, wrap, undefined)]],
  ])

export const WRAPPINGS: Attacks = Object.fromEntries([
  ...wrappings(RESPONSES, /is not made of|is about something else/, wrapResponse),
  ...wrappings(ASSERTIONS, 'not one assertion', wrapAssertion),
])
