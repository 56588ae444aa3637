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

export const corsForClients = createMiddleware<AppEnv>(async (c, next) => {
  return c.req.header('origin') || c.req.method === 'OPTIONS' ? registered(c, next) : next()
})
