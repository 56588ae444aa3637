/** Why a change is refused: the rules that all resources of the directory share. */
import { isForeignKeyViolation, isUniqueViolation } from '../../db/batch.ts'
import { selectTenant } from '../../db/tenants.ts'
import type { Deps } from '../../deps.ts'
import type { ApiKeyActor } from '../actor.ts'
import { AppError } from '../errors.ts'

/** A value that has the right form and still cannot be taken. */
export function refusedField(path: string | (string | number)[], message: string): AppError {
  return new AppError('validation_failed', { issues: [{ path: [path].flat(), code: 'invalid', message, info: {} }] })
}

export const unknownReference = (path: string | (string | number)[]) => refusedField(path, 'must be one that exists')

/** Throws `forbidden` for the key of a tenant. */
export function requireOperator(actor: ApiKeyActor): void {
  if (actor.tenantId !== null) throw new AppError('forbidden', { detail: 'Only a key of no tenant may do that' })
}

/** Waits for a write; a name that is taken, or a reference that has just gone or is still held, is `conflict`. */
export async function orConflict<T>(write: Promise<T>, inUse = 'Something it refers to has just gone'): Promise<T> {
  try {
    return await write
  } catch (cause) {
    if (isUniqueViolation(cause)) throw new AppError('conflict', { cause })
    if (isForeignKeyViolation(cause)) throw new AppError('conflict', { detail: inUse, cause })
    throw cause
  }
}

/** The row, or `not_found`. */
export function found<Row>([row]: Row[]): Row {
  if (row === undefined) throw new AppError('not_found')
  return row
}

/** Refuses a field that names no tenant, or one that the key does not see; null, for no tenant, is for operators. */
export async function requireTenant(
  deps: Deps,
  actor: ApiKeyActor,
  id: string | null,
  field = 'tenantId',
): Promise<void> {
  if (actor.tenantId !== null && actor.tenantId !== id) throw unknownReference(field)
  if (id !== null && (await selectTenant(deps.db, id)).length === 0) throw unknownReference(field)
}
