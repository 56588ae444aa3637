/**
 * What a route is: one line for people, who may come in, what it answers. It stands first in every route; the test of
 * the doors walks all routes and fails for one without it, and the OpenAPI document is made of it.
 */
import { describeRoute, resolver } from 'hono-openapi'
import type { MiddlewareHandler } from 'hono'
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
  /** An API key with the permission bit of the method. */
  apiKey: [{ apiKey: [] }],
} as const
export type Door = keyof typeof DOORS

export const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
} as const

interface Operation {
  summary: string
  door: Door
  tag: string
  /** By status: the body's schema, or words for an answer without one. */
  answers: Record<number, ZodType | string>
  deprecated?: boolean
}

export const DOOR = Symbol('door')

export function operation({ summary, door, tag, answers, deprecated = false }: Operation): MiddlewareHandler<AppEnv> {
  const responses = Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      typeof answer === 'string'
        ? { description: answer }
        : { description: 'Success', content: { 'application/json': { schema: resolver(answer) } } },
    ]),
  )
  const security = DOORS[door].map((scheme) => ({ ...scheme })) as unknown as Record<string, string[]>[]
  const described = describeRoute({ summary, tags: [tag], security, responses, deprecated })
  return Object.assign(described, { [DOOR]: door })
}
