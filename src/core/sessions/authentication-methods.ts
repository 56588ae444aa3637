/** The claim `amr` (RFC 8176): how the person behind a session logged in, in words that others know. */
import { CONNECTION_KINDS } from '../../db/schema.ts'

/** The person logged in elsewhere. Not in RFC 8176's registry, but what Microsoft and others write. */
export const FEDERATED = 'fed'

const REFERENCES: Record<string, string> = {
  password: 'pwd',
  authenticator: 'otp',
  enrolment: 'otp',
  passkey: 'hwk',
  ...Object.fromEntries(CONNECTION_KINDS.map((kind) => [kind, FEDERATED])),
}

/** `method` as a session keeps it: one word, or two joined by `+` where a second factor was proved. */
export function methodReferences(method: string): string[] {
  const words = method.split('+')
  const references = words.map((word) => REFERENCES[word] ?? word)
  return words.length > 1 ? [...references, 'mfa'] : references
}
