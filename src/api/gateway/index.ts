/** The gateway family, `/imsg-service/v1`: org- and unit-aware logins for the services behind it. */
import { createMiddleware } from 'hono/factory'
import { isCallbackOrigin, keepSnapshot } from '../../core/gateway/health.ts'
import { type AppEnv, createFamily, createRouter } from '../../http/router.ts'
import { letRead } from './caller.ts'
import { login } from './login.ts'
import { session } from './session.ts'
import { renderError } from './wire.ts'

/** A gateway that lets people in keeps its state, whether or not anybody looks at its health. */
const keepState = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  keepSnapshot(c.var.deps)
})
const arrivals = createRouter().use('/login/*', keepState).use('/org/*', keepState).use('/callback/*', keepState)

export const gateway = createFamily(renderError, [arrivals, login, session])

/** What a page of an organisation asks first: whether it may send what follows. */
export const gatewayPreflight = createMiddleware<AppEnv>(async (c, next) => {
  const origin = c.req.header('origin')
  if (c.req.method !== 'OPTIONS' || !origin || !(await isCallbackOrigin(c.var.deps, origin))) return next()
  letRead(c, origin)
  c.header('Access-Control-Allow-Methods', 'GET, POST')
  c.header('Access-Control-Allow-Headers', 'content-type, authorization, x-imid-token')
  c.header('Access-Control-Max-Age', '600')
  return c.body(null, 204)
})
