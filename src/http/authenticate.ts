/** The credentials that travel in headers, turned into actors. */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { ApiKeyActor, UserActor } from '../core/actor.ts'
import { authenticateApiKey } from '../core/directory/api-key-actor.ts'
import { AppError } from '../core/errors.ts'
import { authenticateUser } from '../core/sessions/authenticate.ts'
import type { AppEnv } from './router.ts'

/**
 * The bearer token (RFC 6750 section 2.1, in the header only). Throws `unauthenticated` (none, or another scheme) or
 * `credential_malformed`.
 */
export function bearerToken(c: Context): string {
  const header = c.req.header('authorization')
  if (!header) throw new AppError('unauthenticated')
  const [scheme = '', token, ...more] = header.trim().split(' ')
  if (token === undefined || more.length > 0) throw new AppError('credential_malformed')
  if (scheme.toLowerCase() !== 'bearer') throw new AppError('unauthenticated')
  return token
}

/**
 * Lets only signed-in users through; behind it `c.var.actor` is a UserActor.
 * Throws what `bearerToken` throws, `token_invalid` or `token_revoked`.
 */
export const requireUser = createMiddleware<AppEnv & { Variables: { actor: UserActor } }>(async (c, next) => {
  c.set('actor', await authenticateUser(c.var.deps, bearerToken(c)))
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
