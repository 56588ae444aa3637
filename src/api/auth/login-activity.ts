/** Who logged in when, for those who may know, and in their own tenant only. Filters are LoopBack's. */
import * as z from 'zod'
import { countActivity, findActivity, listActivity } from '../../core/activity/login-activity-query.ts'
import { AppError } from '../../core/errors.ts'
import { requireUser } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { activeUsers } from './active-users.ts'
import { Filter } from './loopback-filter.ts'
import { Where } from './loopback-where.ts'
import { object, parameters } from './parameters.ts'
import { requirePermission, VIEW_LOGIN_ACTIVITY } from './permissions.ts'

const tag = 'auth: login activity'

/** A filter may leave out any of the fields. */
const LoginActivity = z.object({
  id: z.string(),
  actor: z.string(),
  tenantId: z.string(),
  loginTime: z.iso.datetime(),
  tokenPayload: z.string(),
  loginType: z.string(),
  deviceInfo: z.string(),
  ipAddress: z.string(),
})
const Count = z.object({ count: z.number() })

const filter = object(Filter, 'order, limit, skip, where and fields, as in LoopBack')
const where = object(Where, 'conditions, as in LoopBack')

export const loginActivity = createRouter()
  .get(
    '/login-activity',
    operation({ summary: 'Logins', door: 'bearer', tag, answers: { 200: z.array(LoginActivity.partial()) } }),
    parameters('query', { filter }),
    requireUser,
    requirePermission(VIEW_LOGIN_ACTIVITY),
    async (c) => c.json(await listActivity(c.var.deps, c.var.actor, c.req.valid('query').filter)),
  )

  .get(
    '/login-activity/count',
    operation({ summary: 'How many logins', door: 'bearer', tag, answers: { 200: Count } }),
    parameters('query', { where }),
    requireUser,
    requirePermission(VIEW_LOGIN_ACTIVITY),
    async (c) => c.json({ count: await countActivity(c.var.deps, c.var.actor, c.req.valid('query').where) }),
  )

  .get(
    '/login-activity/:id',
    operation({ summary: 'One login', door: 'bearer', tag, answers: { 200: LoginActivity.partial() } }),
    parameters('query', { filter }),
    requireUser,
    requirePermission(VIEW_LOGIN_ACTIVITY),
    async (c) => {
      const id = c.req.param('id')
      const found = await findActivity(c.var.deps, c.var.actor, id, c.req.valid('query').filter.fields)
      if (!found) throw new AppError('activity_not_found', { detail: ` login_activity with id "${id}"` })
      return c.json(found)
    },
  )

  .route('/', activeUsers)
