/** Who may come in: an API key of a tenant, and with most routes a user of the same tenant besides. */
import { createMiddleware } from 'hono/factory'
import type { ApiKeyActor, UserActor } from '../../core/actor.ts'
import { authenticateApiKey } from '../../core/directory/api-key-actor.ts'
import { AppError } from '../../core/errors.ts'
import { authenticateUser, userActor } from '../../core/sessions/authenticate.ts'
import { verifyAccessToken } from '../../core/sessions/token-pair.ts'
import type { Deps } from '../../deps.ts'
import { bearerToken } from '../../http/authenticate.ts'
import type { AppEnv } from '../../http/router.ts'

export const READ = 1
export const WRITE = 2
const NOTHING = 0

type TenantKey = ApiKeyActor & { tenantId: string }

/** Lets keys of a tenant through, whatever they may do; behind it `c.var.actor` is that key. */
export const requireTenantKey = createMiddleware<AppEnv & { Variables: { actor: TenantKey } }>(async (c, next) => {
  c.set('actor', await tenantKey(c.var.deps, c.req.header('x-api-key'), NOTHING))
  await next()
})

type Member = AppEnv & { Variables: { actor: UserActor } }

/** Lets signed-in users of the key's tenant through, if the key has the permission bit. */
export const requireMember = (bit: number) =>
  createMiddleware<Member>(async (c, next) => {
    const key = await tenantKey(c.var.deps, c.req.header('x-api-key'), bit)
    c.set('actor', ofTenant(key, await authenticateUser(c.var.deps, bearerToken(c))))
    await next()
  })

/** The same for those whose session may have ended: that the token was given to them is enough. */
export const requireFormerMember = createMiddleware<Member>(async (c, next) => {
  const key = await tenantKey(c.var.deps, c.req.header('x-api-key'), NOTHING)
  c.set('actor', ofTenant(key, userActor(await verifyAccessToken(c.var.deps, bearerToken(c)))))
  await next()
})

/**
 * A suspended tenant's people are told what every inactive person is told, and not that the key is wrong.
 * Throws `api_key_invalid`, or `forbidden` for a key of no tenant or without the permission bit.
 */
async function tenantKey(deps: Deps, key: string | undefined, bit: number): Promise<TenantKey> {
  if (!key) throw new AppError('api_key_invalid')
  const actor = await authenticateApiKey(deps, key, { alsoSuspended: true })
  const { tenantId, permissions } = actor
  if (tenantId === null || (permissions & bit) !== bit) throw new AppError('forbidden')
  return { ...actor, tenantId }
}

function ofTenant({ tenantId }: TenantKey, user: UserActor): UserActor {
  if (user.tenantId !== tenantId) throw new AppError('token_invalid')
  return user
}
