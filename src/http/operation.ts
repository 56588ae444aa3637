/**
 * What a route is: one line for people, who may come in, what it answers. It stands first in every route; the test of
 * the doors walks all routes and fails for one without it, and the OpenAPI document is made of it.
 */
import type { MiddlewareHandler } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import type { ZodType } from 'zod'
import type { AppEnv } from './router.ts'

/** Who may come in, and the credential that proves it. */
export const DOORS = {
  /** Everybody; the route itself gives nothing away. */
  open: [],
  /** An application, by id and secret in the body. */
  client: [],
  /** The holder of a one-time code or of a refresh token, in the body. */
  possession: [],
  /** A signed-in user. */
  bearer: [{ bearer: [] }],
  /** Somebody with a gateway session: cookie, `x-imid-token`, or an access token. */
  session: [{ session: [] }, { bearer: [] }],
  /** An API key with the permission bit of the method. */
  apiKey: [{ apiKey: [] }],
  /** An API key of a tenant, whatever its permissions. */
  tenantKey: [{ apiKey: [] }],
  /** A signed-in user of the API key's tenant. */
  member: [{ apiKey: [], bearer: [] }],
  /** An application, by a signature over the request. */
  hmac: [{ hmac: [] }, { httpSignature: [] }],
} as const
export type Door = keyof typeof DOORS

export const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  session: { type: 'apiKey', in: 'cookie', name: 'imidToken' },
  hmac: { type: 'apiKey', in: 'header', name: 'Authentication' },
  httpSignature: { type: 'apiKey', in: 'header', name: 'Signature' },
} as const

/** OpenAPI has no scheme for a credential in the body, so it is said in words. */
const IN_WORDS: Partial<Record<Door, string>> = {
  client: 'Needs the id of a client in the body, and of a confidential one the secret.',
  hmac: 'Needs a signature of the application: version 1 in `Authentication`, or RFC 9421 in `Signature`.',
  possession: 'Needs the one-time secret or the refresh token in the body.',
}

/** Routes that share a convention for errors. */
export type Family = 'service' | 'development' | 'pages' | 'auth' | 'account' | 'admin' | 'devices' | 'gateway'

interface Operation {
  summary: string
  /** Instead of the words for the door. */
  description?: string
  door: Door
  /** The family, and within a large one the chapter. */
  tag: Family | `${Family}: ${string}`
  /** By status: the body's schema, or words for an answer without one. */
  answers: Record<number, ZodType | string>
  deprecated?: boolean
}

export const DOOR = Symbol('door')

export function operation({
  door,
  summary,
  description = IN_WORDS[door],
  tag,
  answers,
  deprecated,
}: Operation): MiddlewareHandler<AppEnv> {
  const responses = Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      typeof answer === 'string'
        ? { description: answer }
        : { description: 'Success', content: { 'application/json': { schema: resolver(answer) } } },
    ]),
  )
  const described = describeRoute({
    summary,
    ...(description && { description }),
    tags: [tag],
    security: DOORS[door].map((scheme) => ({ ...scheme })) as unknown as Record<string, string[]>[],
    responses: { ...responses, default: { $ref: `#/components/responses/${tag.split(':')[0]}` } },
    ...(deprecated && { deprecated }),
  })
  return Object.assign(described, { [DOOR]: door })
}
