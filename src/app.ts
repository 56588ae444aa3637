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
import { createRouter, limitBody } from './http/router.ts'
import { readTrace, tracedPorts, traceResponse } from './http/trace-context.ts'
import { docs } from './pages/docs.tsx'
import { loginPage } from './pages/login.tsx'
import { loginEnrol } from './pages/login-enrol.tsx'
import { loginPasskey } from './pages/login-passkey.tsx'
import { loginProvider } from './pages/login-provider.tsx'
import { outbox } from './pages/outbox.tsx'
import { passkeysPage } from './pages/passkeys.tsx'
import { registerDevice } from './pages/register-device.tsx'
import { resetPasswordPage } from './pages/reset-password.tsx'
import { scripts } from './pages/scripts.ts'
import { sessionsPage } from './pages/sessions.tsx'
import { signUpPage } from './pages/sign-up.tsx'
import { renderUnavailable } from './pages/unavailable.ts'

export { upkeep } from './core/upkeep.ts'

/** Below these are the forms of pages; a family limits the bodies of its routes itself. */
const FORMS = ['/login', '/passkeys', '/reset-password', '/sessions', '/sign-up']
const FORM_LIMIT_BYTES = 256 * 1024

export function createApp(ports: Ports) {
  const kv = patientKv(ports.kv)
  const app = createRouter()
  app.onError(handleError(renderUnavailable))

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
  for (const path of FORMS) app.use(`${path}/*`, limitBody(FORM_LIMIT_BYTES))

  app.route('/', wellKnown)
  app.route('/', documentation(app))
  app.route('/', docs)
  app.route('/', outbox)
  app.route('/', resetPasswordPage)
  app.route('/', signUpPage)
  app.route('/', loginPage)
  app.route('/', loginPasskey)
  app.route('/', loginProvider)
  app.route('/', loginEnrol)
  app.route('/imsg-service/v1', gateway)
  app.route('/v1/auth', account)
  app.route('/v1', admin)
  app.route('/', passkeysPage)
  app.route('/', sessionsPage)
  app.route('/', scripts)
  app.route('/', registerDevice)
  app.route('/', devices)
  app.route('/', auth)

  return app
}
