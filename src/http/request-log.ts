/** One line a request: what was asked for by pattern, never by address, because addresses carry names and tokens. */
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import type { AppEnv } from './router.ts'

export const requestLog = createMiddleware<AppEnv>(async (c, next) => {
  const start = performance.now()
  await next()
  const { deps, requestId, actor } = c.var
  deps.log('info', 'request', {
    requestId,
    method: c.req.method,
    route: matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'none',
    status: c.res.status,
    durationMs: Math.round(performance.now() - start),
    actorKind: actor.kind,
    actorId: actor.id,
  })
})
