/** Routers, and what makes one of them an API family: its own words for errors, its own limits. */
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { getPathNoStrict } from 'hono/utils/url'
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import type { Deps } from '../deps.ts'
import { handleError, type RenderError } from './problem.ts'

export interface AppEnv {
  Variables: { deps: Deps; actor: Actor; requestId: string }
}

const BODY_LIMIT_BYTES = 256 * 1024

/** A trailing slash makes no difference, nor does the second one that the gateway's older documentation begins with. */
const getPath = (request: Request) => getPathNoStrict(request).replace(/^\/(?=\/imsg-service\/)/, '')

export const createRouter = () => new Hono<AppEnv>({ getPath })
export type Router = ReturnType<typeof createRouter>

/**
 * A router that renders every error its own way, also for a path or method that it does not have. What is in
 * `ownLimits` limits its bodies itself. Mount it after everything that shares its prefix.
 */
export function createFamily(render: RenderError, routers: Router[], ownLimits: Router[] = []): Router {
  const family = createRouter()
  family.onError(handleError(render))
  family.use(refuseHead)
  for (const router of ownLimits) family.route('/', router)
  family.use(limitBody(BODY_LIMIT_BYTES))
  for (const router of routers) family.route('/', router)
  family.all('*', () => {
    throw new AppError('not_found')
  })
  return family
}

/** Throws `body_too_large`. */
export const limitBody = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new AppError('body_too_large')
    },
  })

/** Hono answers HEAD by running GET; only what is public and harmless may be asked that way. */
export const refuseHead = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.raw.method === 'HEAD') throw new AppError('not_found')
  await next()
})
