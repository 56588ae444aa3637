/** `/v1/audit/verification`: whether audit rows are those that were written. A walk, some hundreds of rows a call. */
import { base64url } from 'jose'
import * as z from 'zod'
import {
  BREAKS,
  listAuditChains,
  type Position,
  type Verification,
  verifyChain,
  verifySeals,
} from '../../core/activity/audit-verification.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { validate } from '../../http/validate.ts'
import { cursorLike, filter } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: audit'

const Answer = z.object({
  checked: z.number(),
  /** The first that is broken; `sequence` is its place in the chain, or in the log. */
  broken: z
    .object({ sequence: z.number().nullable(), id: z.string().nullable(), reason: z.string(), message: z.string() })
    .nullable(),
  /** `cursor` for what follows, and for what will follow one day. */
  reached: z.string().nullable(),
  more: z.boolean(),
})
const Chains = z.object({ items: z.array(z.string().nullable()), nextCursor: z.string().nullable() })

const POSITION = /^-?\d{1,15} [\w-]{43}$/
const cursor = cursorLike(POSITION).transform(toPosition)

export const auditVerification = createRouter()
  .get(
    '/audit/verification',
    operation({ summary: 'Whether the audit rows of a tenant are whole', door, tag, answers: { 200: Answer } }),
    requireApiKey,
    validate('query', z.strictObject({ tenantId: filter, cursor })),
    async (c) => {
      const { tenantId, cursor } = c.req.valid('query')
      return c.json(toAnswer(await verifyChain(c.var.deps, c.var.actor, tenantId, cursor)))
    },
  )

  .get(
    '/audit/seals/verification',
    operation({ summary: 'Whether the log over all audit rows is whole', door, tag, answers: { 200: Answer } }),
    requireApiKey,
    validate('query', z.strictObject({ cursor })),
    async (c) => c.json(toAnswer(await verifySeals(c.var.deps, c.var.actor, c.req.valid('query').cursor))),
  )

  .get(
    '/audit/chains',
    operation({ summary: 'The tenants that have audit rows', door, tag, answers: { 200: Chains } }),
    requireApiKey,
    validate('query', z.strictObject({ cursor: cursorLike(/^.+$/s) })),
    async (c) => {
      const { tenants, next } = await listAuditChains(c.var.deps, c.var.actor, c.req.valid('query').cursor)
      return c.json({ items: tenants, nextCursor: next === null ? null : base64url.encode(next) })
    },
  )

function toPosition(cursor: string | undefined): Position | undefined {
  const [place, hash = ''] = cursor?.split(' ') ?? []
  return place === undefined ? undefined : { place: Number(place), hash }
}

function toAnswer({ checked, broken, reached, more }: Verification): z.input<typeof Answer> {
  return {
    checked,
    broken: broken && {
      sequence: broken.place,
      id: broken.id,
      reason: broken.reason,
      message: BREAKS[broken.reason],
    },
    reached: reached && base64url.encode(`${reached.place} ${reached.hash}`),
    more,
  }
}
