/** The credentials that travel in headers, turned into actors. */
import { createMiddleware } from 'hono/factory'
import type { ApiKeyActor, UserActor } from '../core/actor.ts'
import { authenticateApiKey } from '../core/directory/api-key-actor.ts'
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

/** The permission bit that a method needs: Read, Create, Write, Delete. */
const BITS: Record<string, number> = { GET: 1, PATCH: 2, PUT: 2, DELETE: 4, POST: 8 }

/**
 * Lets only API keys through that have the permission of the method; behind it `c.var.actor` is an ApiKeyActor.
 * Throws `unauthenticated`, `api_key_invalid` or `forbidden`.
 */
export const requireApiKey = createMiddleware<AppEnv & { Variables: { actor: ApiKeyActor } }>(async (c, next) => {
  const key = c.req.header('x-api-key')
  if (!key) throw new AppError('unauthenticated')
  const actor = await authenticateApiKey(c.var.deps, key)
  c.set('actor', actor)
  if (!(actor.permissions & (BITS[c.req.method] ?? 0))) throw new AppError('forbidden')
  await next()
})
