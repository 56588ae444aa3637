/** Where the browser goes in the end: to the client, with what it asked for or with a reason that a person can act on. */
import type { Client } from '../../db/clients.ts'
import type { Deps } from '../../deps.ts'
import { AppError, type ErrorCode } from '../errors.ts'

/** RFC 6749 section 4.1.2.1; whatever is not listed is for the person to know: they were refused. */
const ERRORS: Partial<Record<ErrorCode, string>> = {
  provider_failed: 'server_error',
  provider_unavailable: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
}

/** Throws `client_unknown` for a client that has nowhere to go back to. */
export function returnUrl({ redirectUrl }: Client, parameters: Record<string, string | null | undefined>): string {
  if (redirectUrl === null) throw new AppError('client_unknown')
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  // Appended as text: what the client registered stays as it is, to the letter.
  return `${redirectUrl}${redirectUrl.includes('?') ? '&' : '?'}${new URLSearchParams(given)}`
}

/** Says what went wrong in words for people; the cause goes to the log only. A bug is not explained, but thrown on. */
export function failureUrl(deps: Deps, client: Client, thrown: unknown, state: string | null | undefined): string {
  if (!(thrown instanceof AppError)) throw thrown
  const { code, detail, title, cause } = thrown
  deps.log('warn', 'federated login refused', { requestId: deps.trace.requestId, errorCode: code, cause })
  return returnUrl(client, { error: ERRORS[code] ?? 'access_denied', error_description: detail ?? title, state })
}
