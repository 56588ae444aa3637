/** `/v1/import` and `/v1/export`: everything in and out, as the commands of these names do it. */
import { base64url } from 'jose'
import * as z from 'zod'
import { exportLines, type Position, STAGES, type Stage } from '../../core/transfer/export.ts'
import { importLines } from '../../core/transfer/import.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { text } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter, limitBody } from '../../http/router.ts'
import { documented, jsonBody, validate } from '../../http/validate.ts'
import { Import, Imported, ImportFrame, Line, readLine, toResult } from './transfer-wire.ts'
import { cursorLike, limit } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: moving in and out'

/** A hundred people with pictures. */
const IMPORT_BYTES = 1024 * 1024

const Exported = z.object({ lines: z.array(Line), nextCursor: z.string().nullable() })
const Query = z.strictObject({
  tenantId: text(40).optional(),
  secrets: z.enum(['true', 'false']).default('false'),
  limit: limit.prefault('200'),
  cursor: cursorLike(/^(tenant|unit|role|client|user):([0-9a-f-]{36})?$/),
})

export const transfer = createRouter()
  .post(
    '/import',
    operation({
      summary: 'Take over resources from elsewhere',
      description:
        'For operators. One verdict for each line; a bad one stops no other. What is there already stays as it is, so ' +
        'that the same lines can be sent again. Ids are kept.',
      door,
      tag,
      answers: { 200: Imported },
    }),
    requireApiKey,
    limitBody(IMPORT_BYTES),
    documented(jsonBody(ImportFrame), 'json', Import),
    async (c) => {
      const { dryRun, lines } = c.req.valid('json')
      const read = lines.map(readLine)
      const good = read.flatMap((line) => ('type' in line ? [line] : []))
      const verdicts = await importLines(c.var.deps, c.var.actor, good, dryRun)
      let next = 0
      const results = read.flatMap((line) => ('type' in line ? (verdicts[next++] ?? []) : line))
      return c.json({ results: results.map(toResult) })
    },
  )

  .get(
    '/export',
    operation({
      summary: 'Everything that an import takes',
      description:
        "Of one tenant with `tenantId`, and always with a tenant's own key. Password hashes and secrets are in it with " +
        '`secrets=true` only, for operators who may do everything; that is audited.',
      door,
      tag,
      answers: { 200: Exported },
    }),
    requireApiKey,
    validate('query', Query),
    async (c) => {
      const { tenantId, secrets, limit, cursor } = c.req.valid('query')
      const what = { tenantId, secrets: secrets === 'true' }
      const { lines, next } = await exportLines(c.var.deps, c.var.actor, what, { limit, from: toPosition(cursor) })
      const nextCursor = next ? base64url.encode(`${next.stage}:${next.after ?? ''}`) : null
      return c.json({ lines, nextCursor })
    },
  )

function toPosition(cursor = ''): Position {
  const [stage, after] = cursor.split(':')
  return { stage: STAGES.find((name): name is Stage => name === stage) ?? STAGES[0], after: after || undefined }
}
