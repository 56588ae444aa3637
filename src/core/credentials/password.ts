/** Password hashes: argon2id of our parameters, and what other systems left behind until its owner logs in again. */
import { compare } from 'bcryptjs'
import type { Argon2, Ports } from '../../deps.ts'
import { isBearablePbkdf2, isPbkdf2, matchesPbkdf2 } from './pbkdf2.ts'

/** OWASP's second choice of memory (19 MiB): it fits an isolate of 128 MB. */
const PARAMETERS = { memoryKib: 19_456, passes: 2, lanes: 1 }
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$'

/** The costliest hash that is taken over from elsewhere. */
const MOST = { memoryKib: 65_536, passes: 6, lanes: 4, bcryptCost: 13 }
/** No password is longer; of a longer one, only that it is wrong is found out. */
const MOST_BYTES = 1024

type Deps = Pick<Ports, 'argon2'>

export async function hashPassword(deps: Deps, password: string): Promise<string> {
  return (await deps.argon2()).hash(password, PARAMETERS)
}

/**
 * Whether the password is the one that was hashed. `upgraded` is its hash with today's parameters, where the stored one
 * is older. Without a hash (no such user, no password) the same work is done in vain, so that the time tells nothing.
 */
export async function checkPassword(
  deps: Deps,
  stored: string | null | undefined,
  password: string,
): Promise<{ matches: boolean; upgraded?: string }> {
  const argon2 = await deps.argon2()
  const tooLong = password.length > MOST_BYTES
  const candidate = tooLong ? '' : password
  if (!stored) return wasted(argon2, candidate)
  const matches = (await matchesHash(argon2, stored, candidate)) && !tooLong
  if (!matches || stored.startsWith(CURRENT)) return { matches }
  return { matches, upgraded: argon2.hash(password, PARAMETERS) }
}

/** A hash that an administrator may hand over: argon2id, bcrypt or PBKDF2, at a cost that this service can bear. */
export function isImportableHash(hash: string): boolean {
  if (isPbkdf2(hash)) return isBearablePbkdf2(hash)
  const bcrypt = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash)
  if (bcrypt) return Number(bcrypt[1]) >= 4 && Number(bcrypt[1]) <= MOST.bcryptCost
  const argon2 =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/.exec(hash)
  if (!argon2) return false
  const [memoryKib = 0, passes = 0, lanes = 0] = argon2.slice(1).map(Number)
  const enough = memoryKib >= 8 * lanes && passes >= 1 && lanes >= 1
  return enough && memoryKib <= MOST.memoryKib && passes <= MOST.passes && lanes <= MOST.lanes
}

async function matchesHash(argon2: Argon2, stored: string, password: string): Promise<boolean> {
  if (stored.startsWith('$argon2id$')) return argon2.verify(stored, password)
  return isPbkdf2(stored) ? matchesPbkdf2(stored, password) : compare(password, stored)
}

function wasted(argon2: Argon2, password: string): { matches: false } {
  argon2.hash(password, PARAMETERS)
  return { matches: false }
}
