/** `/v1/api-keys`: keys for programs. Their ids are decimal integers, as the account family shows them. */
import * as z from 'zod'
import {
  type ApiKeyEntry,
  changeApiKey,
  createApiKey,
  getApiKey,
  listApiKeys,
  removeApiKey,
} from '../../core/directory/api-keys.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { description, name, text } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import {
  cursorLike,
  filter,
  frame,
  idempotencyKey,
  listQuery,
  moment,
  pageOf,
  splitQuery,
  toFrame,
  toPage,
  usedBefore,
} from './wire.ts'

const door = 'apiKey'
const tag = 'admin: API keys'

const DECIMAL = /^[1-9]\d{0,14}$/

const fields = {
  name,
  tenantId: text(40).nullable(),
  ownerId: text(40).nullable(),
  /** Bits: Read 1, Write 2, Delete 4, Create 8. */
  permissions: z.int().min(0).max(15),
  description,
}

const ApiKey = z.object({
  ...frame,
  ...fields,
  expireDate: z.iso.datetime().nullable(),
  revoked: z.boolean(),
  lastFour: z.string(),
})
const ApiKeyWithKey = ApiKey.extend({ key: z.string() })
const NewApiKey = z
  .strictObject({ ...fields, expireDate: moment.nullable(), revoked: z.boolean() })
  .partial()
  .required({ name: true, permissions: true })
/** Revoking is for good. */
const ApiKeyChanges = z
  .strictObject({ name, description, expireDate: moment.nullable(), revoked: z.literal(true) })
  .partial()

const toApiKey = ({ expireDate, ...row }: ApiKeyEntry): z.input<typeof ApiKey> => ({
  ...row,
  ...toFrame(row),
  expireDate: expireDate?.toISOString() ?? null,
})

/** Whatever is no id of a key is the id of none. */
const toKeyId = ({ id }: { id: string }) => (DECIMAL.test(id) ? Number(id) : 0)

export const apiKeys = createRouter()
  .get(
    '/api-keys',
    operation({ summary: 'List API keys', door, tag, answers: { 200: pageOf(ApiKey) } }),
    requireApiKey,
    validate('query', listQuery({ tenantId: filter, ownerId: filter }, cursorLike(DECIMAL))),
    async (c) => {
      const { filters, page } = splitQuery(c.req.valid('query'))
      const after = page.after === undefined ? undefined : Number(page.after)
      const rows = await listApiKeys(c.var.deps, c.var.actor, filters, { ...page, after })
      return c.json(toPage(rows, page, toApiKey))
    },
  )

  .post(
    '/api-keys',
    operation({ summary: 'Make an API key; it is shown once', door, tag, answers: { 201: ApiKeyWithKey } }),
    requireApiKey,
    idempotencyKey,
    jsonBody(NewApiKey),
    async (c) => {
      const onceKey = c.req.valid('header')['Idempotency-Key']
      const { apiKey, key } = await createApiKey(c.var.deps, c.var.actor, c.req.valid('json'), onceKey)
      c.header('Location', `/v1/api-keys/${apiKey.id}`)
      if (key === undefined) throw usedBefore('remove it and make another.')
      return c.json({ ...toApiKey(apiKey), key }, 201)
    },
  )

  .get(
    '/api-keys/:id',
    operation({ summary: 'One API key', door, tag, answers: { 200: ApiKey } }),
    requireApiKey,
    async (c) => c.json(toApiKey(await getApiKey(c.var.deps, c.var.actor, toKeyId(c.req.param())))),
  )

  .patch(
    '/api-keys/:id',
    operation({ summary: 'Change or revoke an API key', door, tag, answers: { 200: ApiKey } }),
    requireApiKey,
    jsonBody(ApiKeyChanges),
    async (c) => {
      const changed = await changeApiKey(c.var.deps, c.var.actor, toKeyId(c.req.param()), c.req.valid('json'))
      return c.json(toApiKey(changed))
    },
  )

  .delete(
    '/api-keys/:id',
    operation({ summary: 'Remove an API key', door, tag, answers: { 204: 'Removed' } }),
    requireApiKey,
    async (c) => {
      await removeApiKey(c.var.deps, c.var.actor, toKeyId(c.req.param()))
      return c.body(null, 204)
    },
  )
