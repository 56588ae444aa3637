/** What the token must allow, beyond being good. */
import { createMiddleware } from 'hono/factory'
import type { UserActor } from '../../core/actor.ts'
import { AppError } from '../../core/errors.ts'
import type { AppEnv } from '../../http/router.ts'

export const VIEW_LOGIN_ACTIVITY = 'ViewLoginActivity'

/** Stands behind `requireUser`. Throws `forbidden`. */
export const requirePermission = (permission: string) =>
  createMiddleware<AppEnv & { Variables: { actor: UserActor } }>(async (c, next) => {
    if (!c.var.actor.claims.permissions.includes(permission)) throw new AppError('forbidden')
    await next()
  })
