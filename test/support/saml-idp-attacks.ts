/** Every manipulation of a response that must be refused, with the reason that the log gives. */
import { generateKeyPairSync } from 'node:crypto'
import { ALTERED_DOCUMENTS } from './saml-idp-attacks-documents.ts'
import { WRONG_FACTS } from './saml-idp-attacks-facts.ts'
import { BAD_SIGNATURES } from './saml-idp-attacks-signatures.ts'
import { WRAPPINGS } from './saml-idp-attacks-wrapping.ts'
import { type Certified, certify } from './saml-idp-certificate.ts'
import { type Facts, type Login, write } from './saml-idp-messages.ts'
import type { Signing } from './saml-idp-signature.ts'

/** What an attacker has to work with. */
export interface Forge {
  login: Login
  idp: Certified
  /** Somebody else's key, with a certificate to show. */
  stranger: Certified
  /** What the real identity provider would sign. */
  write(changed?: Partial<Facts>, signing?: Signing): ReturnType<typeof write>
}

/** XML, or the bytes of what should be XML. */
export type Attack = [reason: string | RegExp, forge: (forge: Forge) => string | Uint8Array]
export type Attacks = Record<string, Attack>

export const ATTACKS: Record<string, Attacks> = {
  'wrapping a signed assertion': WRAPPINGS,
  'a bad signature': BAD_SIGNATURES,
  'a document that two parsers could read in two ways': ALTERED_DOCUMENTS,
  'a fact that is wrong, though well signed': WRONG_FACTS,
}

const stranger = certify(generateKeyPairSync('rsa', { modulusLength: 2048 }))

export function makeForge(login: Login, idp: Certified): Forge {
  return { login, idp, stranger, write: (changed, signing) => write(login, idp, changed, signing) }
}
