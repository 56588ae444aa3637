/** A SAML document outside the strict profile. The reason is for the log; the caller hears that it was refused. */
import { AppError } from '../../errors.ts'

export function refuse(reason: string): never {
  throw new AppError('saml_refused', { cause: new Error(`SAML: ${reason}`) })
}

/** The value, or a refusal where there is none. */
export function required<T>(value: T | undefined, reason: string): T {
  return value ?? refuse(reason)
}
