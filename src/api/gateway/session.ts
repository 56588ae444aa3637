/** The session, its units, and its end. */
import { accepts } from 'hono/accepts'
import * as z from 'zod'
import { AppError } from '../../core/errors.ts'
import { gatewayHealth } from '../../core/gateway/health.ts'
import { endSession } from '../../core/gateway/logout.ts'
import { preferUnit, unitsOf } from '../../core/gateway/units.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { clearSessionCookie } from '../../http/session-cookie.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { callerOf, readerOf, requireCaller, requireOwnPage } from './caller.ts'
import { Done, Health, Units } from './wire.ts'

const tag = 'gateway'

/** Given twice it leads nowhere, which is found out when the session has ended. */
const callback = z.union([z.string(), z.array(z.string()).transform(() => '')]).optional()

export const session = createRouter()
  .get(
    '/token-is-set',
    operation({ summary: 'Whether the session stands', door: 'session', tag, answers: { 200: Done } }),
    async (c) => {
      await readerOf(c)
      return c.json({ msg: 'ok' })
    },
  )

  .get(
    '/units',
    operation({ summary: 'The units one belongs to', door: 'session', tag, answers: { 200: Units } }),
    async (c) => c.json(unitsOf(c.var.deps, await readerOf(c))),
  )

  .post(
    '/unit',
    operation({ summary: 'Prefer a unit', door: 'session', tag, answers: { 200: Done } }),
    requireCaller,
    jsonBody(z.strictObject({ unit: z.string().min(1).max(200) })),
    async (c) => {
      await preferUnit(c.var.deps, c.var.caller, c.req.valid('json').unit)
      return c.json({ msg: 'Unit set' })
    },
  )

  .post(
    '/logout',
    operation({ summary: 'End the session', door: 'open', tag, answers: { 200: Done, 303: 'To the callback' } }),
    validate('query', z.object({ callback })),
    async (c) => {
      const caller = await callerOf(c).catch((error: unknown) => {
        if (error instanceof AppError && error.status === 401) return undefined
        throw error
      })
      await requireOwnPage(c, caller)
      clearSessionCookie(c)
      const location = caller && (await endSession(c.var.deps, caller, c.req.valid('query').callback))
      const supports = ['application/json', 'text/html']
      const isPage = accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/html'
      return location && isPage ? c.redirect(location, 303) : c.json({ msg: 'You are logged out' })
    },
  )

  .get(
    '/health',
    operation({
      summary: 'Whether the gateway has its state',
      door: 'open',
      tag,
      answers: { 200: Health, 500: Health },
    }),
    async (c) => {
      const health = await gatewayHealth(c.var.deps)
      return health ? c.json(health) : c.json({ inGrace: false, stateChecksum: 'No checksum string' }, 500)
    },
  )
