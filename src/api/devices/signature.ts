/** The door of the devices family: a request that the application itself has signed. */
import type { HonoRequest } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type ClientActor, clientActor } from '../../core/actor.ts'
import { type Application, authenticateApplication } from '../../core/devices/authenticate.ts'
import type { SignedRequest } from '../../core/devices/proof.ts'
import type { AppEnv } from '../../http/router.ts'

/** Lets only the application through that the path names; behind it `c.var.application` is there. */
export const requireApplication = createMiddleware<
  AppEnv & { Variables: { actor: ClientActor; application: Application } }
>(async (c, next) => {
  const request = toSignedRequest(c.req, c.var.deps.config.PUBLIC_ORIGIN)
  const application = await authenticateApplication(c.var.deps, c.req.param('applicationId') ?? '', request)
  c.set('actor', clientActor(application))
  c.set('application', application)
  await next()
})

const toSignedRequest = (request: HonoRequest, origin: string): SignedRequest => ({
  method: request.raw.method,
  origin,
  target: targetOf(request.raw.url),
  header: (name) => request.header(name),
  body: async () => new Uint8Array(await request.arrayBuffer()),
})

/** Cut out, not parsed: a URL object would not give back the very bytes. */
function targetOf(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('://') + '://'.length))
}
