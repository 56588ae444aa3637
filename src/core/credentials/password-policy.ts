/** Which passwords may be set: long enough, and none that is tried first (NIST SP 800-63B-4, section 3.1.1.2). */
import { lookupKey } from '../../db/users.ts'
import common from './common-passwords.json' with { type: 'json' }

const LEAST_CHARACTERS = 8
const MOST_BYTES = 256

const COMMON = new Set(common.passwords.split(' '))

interface Owner {
  username: string
  email?: string | null | undefined
}

/** Why this person may not have this password; undefined when they may. */
export function passwordRefusal(password: string, { username, email }: Owner): string | undefined {
  if ([...password].length < LEAST_CHARACTERS) return `must have at least ${LEAST_CHARACTERS} characters`
  if (new TextEncoder().encode(password).length > MOST_BYTES) return `must have at most ${MOST_BYTES} bytes`
  const key = lookupKey(password)
  if (key === lookupKey(username)) return 'must not be the username'
  if (email && key === lookupKey(email)) return 'must not be the mail address'
  if (COMMON.has(key)) return 'is among the most common passwords'
  return undefined
}
