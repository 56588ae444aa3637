/** The password of somebody who logs in. */
import type { Statement } from '../../db/batch.ts'
import type { Login } from '../../db/principals.ts'
import { upgradePasswordHash } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import { checkPassword } from './password.ts'

/**
 * Whether it is the person's. It never is of nobody, or of somebody who logs in elsewhere, and finding that out takes
 * the same time. `settle` is for the batch that completes the login.
 */
export async function checkLoginPassword(
  deps: Deps,
  login: Login | undefined,
  password: string,
): Promise<{ matches: boolean; settle: Statement[] }> {
  const stored = login?.user.authProvider === 'internal' ? login.passwordHash : null
  const { matches, upgraded } = await checkPassword(deps, stored, password)
  const settle = login && stored && upgraded ? [upgradePasswordHash(deps.db, login.user.id, stored, upgraded)] : []
  return { matches, settle }
}
