/** Logins that are refused before anybody is known, or after all was proved: they leave no activity row, but are counted. */
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'

interface Attempted {
  method: string
  tenantId: string | null | undefined
}

/** For `catch`: counts the refusal and throws it on. What is over a limit is counted as that. */
export const countRefused =
  ({ count }: Pick<Deps, 'count'>, { method, tenantId }: Attempted) =>
  (thrown: unknown): never => {
    if (thrown instanceof AppError && thrown.code !== 'too_many_attempts')
      count({ name: 'login', result: 'failed', method, tenantId })
    throw thrown
  }
