/** The credentials that travel in headers, turned into actors. */
import { createMiddleware } from 'hono/factory'
import type { UserActor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { authenticateUser } from '../core/sessions/authenticate.ts'
import type { AppEnv } from './router.ts'

/**
 * Lets only signed-in users through; behind it `c.var.actor` is a UserActor. RFC 6750 section 2.1, in the header only.
 * Throws `unauthenticated` (no or another scheme), `credential_malformed`, `token_invalid`, `token_revoked`.
 */
export const requireUser = createMiddleware<AppEnv & { Variables: { actor: UserActor } }>(async (c, next) => {
  const header = c.req.header('authorization')
  if (header === undefined) throw new AppError('unauthenticated')
  const [scheme = '', token, ...more] = header.trim().split(' ')
  if (token === undefined || more.length > 0) throw new AppError('credential_malformed')
  if (scheme.toLowerCase() !== 'bearer') throw new AppError('unauthenticated')
  c.set('actor', await authenticateUser(c.var.deps, token))
  await next()
})
