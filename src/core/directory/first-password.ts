/** The password that an administrator gives to somebody. */
import type { Deps } from '../../deps.ts'
import { hashPassword, isImportableHash } from '../credentials/password.ts'
import { passwordRefusal } from '../credentials/password-policy.ts'
import { refusedField } from './refusals.ts'

interface FirstPassword {
  username: string
  email?: string | null | undefined
  password?: string | undefined
  passwordHash?: string | undefined
}

export const UNBEARABLE_HASH = 'must be argon2id or PBKDF2 (PHC) or bcrypt, at a cost that this service can bear'

/** The hash of a new user's password, or the one brought along from elsewhere; null for none. */
export async function firstHash(
  deps: Deps,
  { password, passwordHash, ...owner }: FirstPassword,
): Promise<string | null> {
  if (password !== undefined && passwordHash !== undefined)
    throw refusedField('passwordHash', 'must not be given together with a password')
  if (passwordHash !== undefined) {
    if (isImportableHash(passwordHash)) return passwordHash
    throw refusedField('passwordHash', UNBEARABLE_HASH)
  }
  return password === undefined ? null : hashAllowed(deps, password, owner)
}

/** The hash, or a refusal of the field `password`. */
export async function hashAllowed(deps: Deps, password: string, owner: Pick<FirstPassword, 'username' | 'email'>) {
  const refusal = passwordRefusal(password, owner)
  if (refusal) throw refusedField('password', refusal)
  return hashPassword(deps, password)
}
