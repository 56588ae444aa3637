/** `/v1/connections`: the providers that people may log in with. Secrets go in and never come out. */
import * as z from 'zod'
import {
  changeConnection,
  createConnection,
  getConnection,
  listConnections,
  type Connection as Row,
  removeConnection,
} from '../../core/federation/connections.ts'
import { CONNECTION_KINDS, ENDPOINT_NAMES } from '../../core/federation/providers.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { name, text } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { filter, frame, idempotencyKey, listQuery, pageOf, splitQuery, toFrame, toPage } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: connections'

/** Where it may lead is checked with the whole connection. */
const url = text(2000)
/** Line breaks are part of PEM and of XML. */
const pem = z
  .string()
  .max(20_000)
  .refine((value) => value.isWellFormed(), 'must be well-formed text')
const metadata = z.string().max(256 * 1024)

const fields = {
  name,
  clientId: text(500).min(1).nullable(),
  issuer: url.nullable(),
  endpoints: z.partialRecord(z.enum(ENDPOINT_NAMES), url),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'must be a scope (RFC 6749 section 3.3)'))
    .max(50)
    .nullable(),
  apple: z.strictObject({ teamId: text(100).min(1), keyId: text(100).min(1) }).nullable(),
  groupRoles: z
    .record(text(500), text(200))
    .refine((map) => Object.keys(map).length <= 200, 'must NOT have more than 200 groups'),
  allowUnsolicited: z.boolean(),
  status: z.enum(['active', 'disabled']),
}
const saml = {
  entityId: text(1024),
  ssoUrl: url,
  certificates: z.array(pem).max(10),
  metadataUrl: url.nullable(),
}
const secrets = {
  clientSecret: pem.min(1).nullable(),
  saml: z
    .strictObject({ ...saml, metadata, spKey: pem.nullable() })
    .partial()
    .nullable(),
}
const origin = { tenantId: text(40).nullable(), kind: z.enum(CONNECTION_KINDS) }

const Connection = z.object({ ...frame, ...origin, ...fields, saml: z.object(saml).nullable() })
const ConnectionChanges = z.strictObject({ ...fields, ...secrets }).partial()
const NewConnection = ConnectionChanges.extend(origin).partial({ tenantId: true }).required({ name: true })

const toConnection = ({ clientSecret: _, samlKey: __, ...row }: Row): z.input<typeof Connection> => ({
  ...row,
  ...toFrame(row),
})

export const connections = createRouter()
  .get(
    '/connections',
    operation({ summary: 'List connections', door, tag, answers: { 200: pageOf(Connection) } }),
    requireApiKey,
    validate(
      'query',
      listQuery({
        tenantId: filter,
        kind: z.enum(CONNECTION_KINDS).optional(),
        name: filter,
        status: fields.status.optional(),
      }),
    ),
    async (c) => {
      const { filters, page } = splitQuery(c.req.valid('query'))
      return c.json(toPage(await listConnections(c.var.deps, c.var.actor, filters, page), page, toConnection))
    },
  )

  .post(
    '/connections',
    operation({ summary: 'Make a connection', door, tag, answers: { 201: Connection } }),
    requireApiKey,
    idempotencyKey,
    jsonBody(NewConnection),
    async (c) => {
      const key = c.req.valid('header')['Idempotency-Key']
      const connection = await createConnection(c.var.deps, c.var.actor, c.req.valid('json'), key)
      return c.json(toConnection(connection), 201, { Location: `/v1/connections/${connection.id}` })
    },
  )

  .get(
    '/connections/:id',
    operation({ summary: 'One connection', door, tag, answers: { 200: Connection } }),
    requireApiKey,
    async (c) => c.json(toConnection(await getConnection(c.var.deps, c.var.actor, c.req.param('id')))),
  )

  .patch(
    '/connections/:id',
    operation({ summary: 'Change a connection', door, tag, answers: { 200: Connection } }),
    requireApiKey,
    jsonBody(ConnectionChanges),
    async (c) =>
      c.json(toConnection(await changeConnection(c.var.deps, c.var.actor, c.req.param('id'), c.req.valid('json')))),
  )

  .delete(
    '/connections/:id',
    operation({ summary: 'Remove a connection with its identities', door, tag, answers: { 204: 'Removed' } }),
    requireApiKey,
    async (c) => {
      await removeConnection(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )
