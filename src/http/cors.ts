/** Browsers at a client's registered origins may read answers; no wildcard, no echo of unknown origins. */
import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import { isRegisteredOrigin } from '../core/directory/client-origins.ts'
import type { AppEnv } from './router.ts'

const registered = cors({
  origin: async (origin, c) => ((await isRegisteredOrigin(c.var.deps, origin)) ? origin : null),
  credentials: true,
  allowMethods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
  exposeHeaders: ['Retry-After'],
  maxAge: 600,
})

/** Credentials are for origins that are named: neither with a wildcard of a public route, nor where none is allowed. */
export const corsForClients = createMiddleware<AppEnv>(async (c, next) => {
  if (!c.req.header('origin') && c.req.method !== 'OPTIONS') return next()
  const preflight = await registered(c, next)
  // What is set here goes into the answer to a preflight, too.
  const allowed = c.res.headers.get('Access-Control-Allow-Origin') ?? '*'
  if (allowed === '*')
    for (const { headers } of [c.res, preflight ?? c.res]) headers.delete('Access-Control-Allow-Credentials')
  return preflight
})
