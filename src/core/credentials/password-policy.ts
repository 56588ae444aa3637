/** Which passwords may be set: long enough, and none that is tried first (NIST SP 800-63B-4, section 3.1.1.2). */
import { lookupKey } from '../../db/users.ts'
import { AppError } from '../errors.ts'
import common from './common-passwords.json' with { type: 'json' }

const LEAST_CHARACTERS = 8
const MOST_BYTES = 256

const COMMON = new Set(common.passwords.split(' '))

interface Owner {
  username: string
  email?: string | null | undefined
}

/** What is wrong with a password, in a word; pages have their own sentences for it. */
export type PasswordFlaw = keyof typeof FLAWS

const FLAWS = {
  short: `must have at least ${LEAST_CHARACTERS} characters`,
  long: `must have at most ${MOST_BYTES} bytes`,
  username: 'must not be the username',
  email: 'must not be the mail address',
  common: 'is among the most common passwords',
}

/** Why this person may not have this password; undefined when they may. */
export function passwordRefusal(password: string, owner: Owner): string | undefined {
  const flaw = passwordFlaw(password, owner)
  return flaw && FLAWS[flaw]
}

export function passwordFlaw(password: string, { username, email }: Owner): PasswordFlaw | undefined {
  if ([...password].length < LEAST_CHARACTERS) return 'short'
  if (new TextEncoder().encode(password).length > MOST_BYTES) return 'long'
  const key = lookupKey(password)
  if (key === lookupKey(username)) return 'username'
  if (email && key === lookupKey(email)) return 'email'
  return COMMON.has(key) ? 'common' : undefined
}

/** Throws `password_refused` with the reason; its one issue carries the flaw as code. */
export function requireGoodPassword(password: string, owner: Owner): void {
  const flaw = passwordFlaw(password, owner)
  if (!flaw) return
  const detail = `Password ${FLAWS[flaw]}`
  throw new AppError('password_refused', {
    detail,
    issues: [{ path: ['password'], code: flaw, message: detail, info: {} }],
  })
}
