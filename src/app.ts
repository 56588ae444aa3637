/** The table of contents: what runs on every request, and which API family answers where. */
import { requestId } from 'hono/request-id'
import { account } from './api/account/index.ts'
import { admin } from './api/admin/index.ts'
import { auth } from './api/auth/index.ts'
import { devices } from './api/devices/index.ts'
import { documentation } from './api/documentation.ts'
import { gateway, gatewayPreflight } from './api/gateway/index.ts'
import { wellKnown } from './api/well-known.ts'
import { ANONYMOUS } from './core/actor.ts'
import { patientKv } from './core/patient-kv.ts'
import type { Deps, Ports } from './deps.ts'
import { clientAddress } from './http/client-address.ts'
import { corsForClients } from './http/cors.ts'
import { closedByDefault, securityHeaders } from './http/headers.ts'
import { handleError } from './http/problem.ts'
import { requestLog } from './http/request-log.ts'
import { createRouter, refuseHead } from './http/router.ts'
import { readTrace, tracedPorts, traceResponse } from './http/trace-context.ts'
import { docs } from './pages/docs.tsx'
import { pages } from './pages/index.ts'
import { outbox } from './pages/outbox.tsx'
import { renderForAnybody } from './pages/problem.tsx'
import { scripts } from './pages/scripts.ts'

export { upkeep } from './core/upkeep.ts'

/** What belongs to no API family: these see to HEAD themselves. */
const PAGES = [
  ...['/dev', '/docs', '/openapi.json', '/scripts'],
  ...['/login', '/passkeys', '/register-device', '/reset-password', '/sessions', '/sign-up'],
]

export function createApp(ports: Ports) {
  const kv = patientKv(ports.kv)
  const app = createRouter()
  app.onError(handleError(renderForAnybody))

  app.use(requestId({ headerName: '' }))
  app.use(async (c, next) => {
    const { requestId } = c.var
    const trace = { requestId, address: clientAddress(c, ports), userAgent: c.req.header('user-agent') ?? '' }
    const afterwards: Deps['afterwards'] = new Set()
    const context = readTrace(c.req.header('traceparent'), c.req.header('tracestate'))
    c.set('deps', { ...ports, kv, ...tracedPorts(ports, context), trace, afterwards })
    c.set('actor', ANONYMOUS)
    await next()
    for (const work of afterwards) ports.defer(work(ports))
    c.header('X-Request-Id', requestId)
    c.header('traceresponse', traceResponse(context))
  })
  app.use(requestLog, securityHeaders, closedByDefault)
  app.use('/imsg-service/*', gatewayPreflight)
  app.use(corsForClients)
  for (const path of PAGES) app.use(`${path}/*`, refuseHead)

  app.route('/', wellKnown)
  app.route('/', documentation(app))
  app.route('/', docs)
  app.route('/', outbox)
  app.route('/', pages)
  app.route('/imsg-service/v1', gateway)
  app.route('/v1/auth', account)
  app.route('/v1', admin)
  app.route('/', scripts)
  app.route('/', devices)
  app.route('/', auth)

  return app
}
