/** Headers of every answer: nothing is sniffed, framed, cached, loaded or told to others, unless a route says otherwise. */
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import type { AppEnv } from './router.ts'

/** It overwrites what a route has set, so it sets only what is the same everywhere. */
export const securityHeaders = secureHeaders({
  crossOriginResourcePolicy: false,
  referrerPolicy: false,
  strictTransportSecurity: 'max-age=63072000; includeSubDomains',
  xFrameOptions: 'DENY',
})

const UNLESS_SET = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
}

export const closedByDefault = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(UNLESS_SET)) if (!c.res.headers.has(name)) c.header(name, value)
})
