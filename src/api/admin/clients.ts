/** `/v1/clients`: applications. */
import * as z from 'zod'
import {
  changeClient,
  createClient,
  type DirectoryClient,
  getClient,
  listClients,
  removeClient,
  rotateClientSecret,
} from '../../core/directory/clients.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { httpUrl, name, text, webOrigin } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { filter, frame, idempotencyKey, listQuery, pageOf, splitQuery, toFrame, toPage, usedBefore } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: clients'

const DAY_SECONDS = 86_400
const WEEK_SECONDS = 7 * DAY_SECONDS
const YEAR_SECONDS = 365 * DAY_SECONDS
const seconds = (most: number) => z.int().min(1).max(most)

const fields = {
  name,
  type: z.enum(['confidential', 'public']),
  status: z.enum(['active', 'disabled']),
  defaultTenantId: text(40).nullable(),
  redirectUrl: httpUrl.nullable(),
  redirectUris: z.array(httpUrl).max(100),
  origins: z.array(webOrigin).max(100),
  /** Not longer than a retired signing key stays published. */
  accessTokenExpiration: seconds(DAY_SECONDS),
  refreshTokenExpiration: seconds(YEAR_SECONDS),
  authCodeExpiration: seconds(3600),
  signatureVersions: z.array(z.literal([1, 2])).max(2),
}
/** RFC 6749 appendix A.1, without the space. */
const clientId = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters')
/** Whatever another system gave out. */
const clientSecret = text(256).min(16)

const Client = z.object({ ...frame, clientId: z.string(), ...fields, signatureVersions: z.array(z.number()) })
const ClientWithSecret = Client.extend({ clientSecret: z.string() })
const ClientChanges = z.strictObject(fields).partial()
export const NewClient = ClientChanges.extend({ clientId, clientSecret }).partial().required({ name: true })
/** Without an overlap the old secret ends at once. */
const overlapSeconds = z.int().min(0).max(WEEK_SECONDS).default(0)
const Rotation = z.strictObject({ overlapSeconds })

const toClient = (row: DirectoryClient): z.input<typeof Client> => ({ ...row, ...toFrame(row) })

export const clients = createRouter()
  .get(
    '/clients',
    operation({ summary: 'List clients', door, tag, answers: { 200: pageOf(Client) } }),
    requireApiKey,
    validate('query', listQuery({ clientId: filter, defaultTenantId: filter })),
    async (c) => {
      const { filters, page } = splitQuery(c.req.valid('query'))
      return c.json(toPage(await listClients(c.var.deps, c.var.actor, filters, page), page, toClient))
    },
  )

  .post(
    '/clients',
    operation({ summary: 'Make a client', door, tag, answers: { 201: ClientWithSecret } }),
    requireApiKey,
    idempotencyKey,
    jsonBody(NewClient),
    async (c) => {
      const key = c.req.valid('header')['Idempotency-Key']
      const { client, clientSecret } = await createClient(c.var.deps, c.var.actor, c.req.valid('json'), key)
      c.header('Location', `/v1/clients/${client.id}`)
      if (clientSecret === undefined) throw usedBefore('POST to /secret below it for a new one.')
      return c.json({ ...toClient(client), clientSecret }, 201)
    },
  )

  .get(
    '/clients/:id',
    operation({ summary: 'One client', door, tag, answers: { 200: Client } }),
    requireApiKey,
    async (c) => c.json(toClient(await getClient(c.var.deps, c.var.actor, c.req.param('id')))),
  )

  .patch(
    '/clients/:id',
    operation({ summary: 'Change a client', door, tag, answers: { 200: Client } }),
    requireApiKey,
    jsonBody(ClientChanges),
    async (c) => c.json(toClient(await changeClient(c.var.deps, c.var.actor, c.req.param('id'), c.req.valid('json')))),
  )

  .delete(
    '/clients/:id',
    operation({ summary: 'Remove a client', door, tag, answers: { 204: 'Removed' } }),
    requireApiKey,
    async (c) => {
      await removeClient(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )

  .post(
    '/clients/:id/secret',
    operation({
      summary: 'A new secret; the old one ends after a while',
      door,
      tag,
      answers: { 200: ClientWithSecret },
    }),
    requireApiKey,
    jsonBody(Rotation),
    async (c) => {
      const rotation = { ...c.req.param(), ...c.req.valid('json') }
      const { client, clientSecret } = await rotateClientSecret(c.var.deps, c.var.actor, rotation)
      return c.json({ ...toClient(client), clientSecret })
    },
  )
