/** How the devices family spells things on the wire; nothing outside api/devices knows. */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import type { AppError, ErrorCode } from '../../core/errors.ts'
import { text } from '../../http/fields.ts'
import type { RenderError } from '../../http/problem.ts'

export const DeviceError = z.object({ status: z.literal(false), reason: z.string() })

/** Words that a client may go by. Everything else is said in the catalogue's own, and every other 401 in one way. */
const REASONS: Partial<Record<ErrorCode, string>> = {
  signature_missing: 'missing_credentials',
  signature_expired: 'credentials_expired',
  signature_replayed: 'credentials_replayed',
  registration_link_invalid: 'Registration link is invalid or expired',
  conflict: 'User already has a registered mobile device',
}

export const renderError: RenderError = (error, c) => {
  const status = error.status === 422 ? 401 : (error.status as ContentfulStatusCode)
  return c.json({ status: false as const, reason: reasonOf(error, status, c) }, status)
}

/** In the original, an operation that is not possible with what it was given is answered 200, and says so in the body. */
export const renderOperationError: RenderError = (error, c) => {
  if (!REFUSALS.includes(error.code)) return renderError(error, c)
  return c.json({ status: false as const, reason: reasonOf(error, 200, c) }, 200)
}
const REFUSALS: ErrorCode[] = ['validation_failed', 'parameter_invalid', 'parameter_missing']

function reasonOf({ code, title, issues }: AppError, status: number, c: Context): string {
  const [issue] = issues ?? []
  if (issue) return [issue.path.join('.'), issue.message].join(' ').trim()
  const { applicationId, userId } = c.req.param() as Record<string, string | undefined>
  if (code === 'application_disabled') return `Client Application ${applicationId} not found`
  if (code === 'not_found' && userId !== undefined)
    return `Client Application ${applicationId} or User ${userId} not found.`
  return REASONS[code] ?? (status === 401 ? 'invalid_credentials' : title)
}

/** As an application names its users: opaque to us. */
export const ExternalId = text(256).refine((id) => id !== '' && [...id].length <= 128, 'must have 1 to 128 characters')

export const UserList = z.object({ users: z.array(ExternalId).min(1).max(1000) })
export const LinkQuery = z.object({ display_name: text(200).optional() })

const done = z.literal(true)
export const Done = z.object({ status: done })
export const UsersAdded = z.object({
  status: done,
  users: z.object({ created: z.array(z.string()), existing: z.array(z.string()) }),
})
export const RegisterUrl = z.object({ register_url: z.url(), status: done })
export const DeviceRegistered = z.object({ device_registered: z.boolean(), status: done })
