/** `/openapi.json`: the OpenAPI document, made from the routes themselves. */
import { generateSpecs, resolver } from 'hono-openapi'
import * as z from 'zod'
import { type Family, operation, SECURITY_SCHEMES } from '../http/operation.ts'
import { Problem } from '../http/problem.ts'
import { createRouter, type Router } from '../http/router.ts'
import { takeNeeded } from '../http/validate.ts'
import { Envelope } from './account/wire.ts'
import { AuthError } from './auth/wire.ts'
import { DeviceError } from './devices/wire.ts'
import { GatewayError } from './gateway/wire.ts'

const VERSION = '0.1.0'

const ABOUT = `Authentication for many tenants behind one router.

- **auth**: log in with a client and a password, exchange and refresh tokens, second factors, sign-up. Errors are \`{"error": {...}}\`.
- **gateway**: sessions of browsers and apps within an organisation, by cookie or token. Errors are JSON strings: \`"errors.auth.MissingToken"\`.
- **account**: log in with an API key and a password, see and change one's own account. Errors are \`{"success": false, "code": 1, "message": "..."}\`.
- **admin**: set tenants, clients and users up, with an API key. Its permission bits decide: GET needs Read 1, PATCH and PUT Write 2, DELETE Delete 4, POST Create 8. Errors are RFC 9457 problems.
- **devices**: let an application's users register their phones and log in with them. The application signs its requests. Errors are \`{"status": false, "reason": "..."}\`.`

const PROBLEM = { type: 'application/problem+json', schema: Problem }

/** How each family says that something went wrong. */
const ERRORS: Record<Family, { type: string; schema: z.ZodType }> = {
  service: PROBLEM,
  development: PROBLEM,
  pages: { type: 'text/html', schema: z.string() },
  gateway: { type: 'application/json', schema: GatewayError },
  auth: { type: 'application/json', schema: AuthError },
  account: { type: 'application/json', schema: Envelope },
  admin: PROBLEM,
  devices: { type: 'application/json', schema: DeviceError },
}

const OpenApiDocument = z.looseObject({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.unknown()) })

/** `app` is asked for its routes at the first request, when it has all of them. */
export function documentation(app: Router): Router {
  let document: object | undefined
  return createRouter().get(
    '/openapi.json',
    operation({
      summary: 'This document',
      door: 'open',
      tag: 'service',
      answers: { 200: OpenApiDocument },
    }),
    async (c) => {
      document ??= await describe(app, c.var.deps.config.PUBLIC_ORIGIN)
      return c.json(document, 200, { 'Cache-Control': 'public, max-age=300' })
    },
  )
}

async function describe(app: Router, origin: string): Promise<object> {
  const responses = Object.entries(ERRORS).map(([family, { type, schema }]) => [
    family,
    { description: 'An error', content: { [type]: { schema: resolver(schema) } } },
  ])
  const document = await generateSpecs(app, {
    documentation: {
      info: { title: 'Gatehouse', version: VERSION, description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: origin }],
      components: { securitySchemes: { ...SECURITY_SCHEMES }, responses: Object.fromEntries(responses) },
    },
    excludeStaticFile: false,
    defaultValidationErrorResponse: false,
  })
  requireParameters(document.paths)
  return document
}

/** A part of the path is always there, and some others have to be, whatever their schemas say about their absence. */
function requireParameters(paths: Awaited<ReturnType<typeof generateSpecs>>['paths']): void {
  for (const path of Object.values(paths))
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete])
      for (const parameter of operation?.parameters ?? [])
        if ('in' in parameter && (parameter.in === 'path' || takeNeeded(parameter.schema as Record<string, unknown>)))
          parameter.required = true
}
