/** How the gateway spells things on the wire: bare JSON strings for whatever goes wrong. */
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import type { AppError } from '../../core/errors.ts'
import type { RenderError } from '../../http/problem.ts'

/** Total over the statuses that an error can have. */
const WORDS = {
  400: 'errors.api.BadRequestError',
  401: 'errors.auth.MissingToken',
  403: 'errors.auth.Forbidden',
  404: 'errors.api.NotFoundError',
  409: 'errors.api.ConflictError',
  410: 'errors.api.BadRequestError',
  413: 'errors.api.PayloadTooLargeError',
  415: 'errors.api.BadRequestError',
  422: 'errors.api.BadRequestError',
  429: 'errors.api.TooManyRequestsError',
  500: 'errors.api.InternalServerError',
  503: 'errors.api.ServiceUnavailableError',
} satisfies Partial<Record<number, string>> & Record<AppError['status'], string>

/** The contract has one status for whatever is wrong with a request. */
const BAD_REQUESTS = [410, 415, 422]

export const renderError: RenderError = ({ status }, c) =>
  c.json(WORDS[status], (BAD_REQUESTS.includes(status) ? 400 : status) as ContentfulStatusCode)

export const GatewayError = z.string()
export const Done = z.object({ msg: z.string() })
export const Units = z.object({ units: z.array(z.string()), preferred: z.string().nullable() })
export const Health = z.object({ inGrace: z.boolean(), stateChecksum: z.string() })
