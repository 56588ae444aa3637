/** What a person's new password must be, and what is told afterwards; the same by change and by link. */
import type { Principal } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { addressOf, sendLetter } from '../messages/send.ts'
import { checkPassword } from './password.ts'
import { requireGoodPassword } from './password-policy.ts'

interface Owner extends Principal {
  passwordHash: string | null
}

/** Throws `password_unchanged`, also of one that the policy would not take today, or `password_refused` with the reason. */
export async function refuseNewPassword(deps: Deps, { user, passwordHash }: Owner, password: string): Promise<void> {
  if (passwordHash && (await checkPassword(deps, passwordHash, password)).matches)
    throw new AppError('password_unchanged')
  requireGoodPassword(password, user)
}

/** So that somebody whose password was changed by another hears of it. */
export function notifyOfChange(deps: Deps, { user, tenant }: Principal): void {
  const address = addressOf(deps, user)
  if (address?.channel === 'mail') sendLetter(deps, address, { kind: 'password-changed', tenant, locale: user.locale })
}
