/** `/v1/audit`: who changed what, newest first. */
import * as z from 'zod'
import { type AuditRow, listAuditTrail } from '../../core/activity/audit-trail.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { validate } from '../../http/validate.ts'
import { cursorLike, filter, listQuery, moment, pageOf, splitQuery, toPage } from './wire.ts'

const Audit = z.object({
  id: z.string(),
  tenantId: z.string().nullable(),
  actor: z.object({ kind: z.string(), id: z.string().nullable() }),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string() }),
  at: z.iso.datetime(),
  requestId: z.string(),
})

const filters = {
  action: filter,
  actorId: filter,
  targetId: filter,
  tenantId: filter,
  from: moment.optional(),
  to: moment.optional(),
}

const POSITION = /^\d{1,15} [0-9a-f-]{36}$/

export const audit = createRouter().get(
  '/audit',
  operation({ summary: 'Who changed what', door: 'apiKey', tag: 'admin: audit', answers: { 200: pageOf(Audit) } }),
  requireApiKey,
  validate('query', listQuery(filters, cursorLike(POSITION))),
  async (c) => {
    const { filters, page } = splitQuery(c.req.valid('query'))
    const after = page.after === undefined ? undefined : toPosition(page.after)
    const rows = await listAuditTrail(c.var.deps, c.var.actor, filters, { ...page, after })
    return c.json(toPage(rows, page, toAudit, ({ at, id }) => `${at.getTime()} ${id}`))
  },
)

function toPosition(cursor: string) {
  const [at, id = ''] = cursor.split(' ')
  return { at: new Date(Number(at)), id }
}

function toAudit({ id, tenantId, action, at, requestId, ...row }: AuditRow): z.input<typeof Audit> {
  const actor = { kind: row.actorKind, id: row.actorId }
  return {
    id,
    tenantId,
    actor,
    action,
    target: { kind: row.targetKind, id: row.targetId },
    at: at.toISOString(),
    requestId,
  }
}
