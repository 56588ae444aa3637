/** `/v1/tenants` */
import * as z from 'zod'
import { isLegibleColor } from '../../core/branding.ts'
import {
  changeTenant,
  createTenant,
  getTenant,
  LOGIN_METHODS,
  listTenants,
  type Tenant as Row,
  removeTenant,
  revokeTenantSessions,
} from '../../core/directory/tenants.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { httpUrl, locale, name, text } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { filter, frame, listQuery, pageOf, splitQuery, toFrame, toPage } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: tenants'

const emailDomain = text(253).regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'must be a domain in lower case')

const signUp = {
  mode: z.enum(['off', 'open', 'domains']),
  roleId: text(40).nullable(),
  emailDomains: z.array(emailDomain).max(100),
}
const color = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'must be a color as in #0b5fff')
  .refine(isLegibleColor, 'must have a contrast of at least 4.5:1 to white')
const branding = { name, logoUrl: httpUrl.nullable(), color }

const scalars = {
  key: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 of a-z, 0-9 and -'),
  name,
  status: z.enum(['active', 'suspended']),
  loginMethods: z.array(z.enum(LOGIN_METHODS)).max(LOGIN_METHODS.length),
  secondFactor: z.enum(['off', 'optional', 'required']),
  callbackUrls: z.array(httpUrl).max(100),
  locale,
}

const Tenant = z.object({
  ...frame,
  ...scalars,
  loginMethods: z.array(z.string()),
  signUp: z.object(signUp),
  branding: z.object(branding),
})
const TenantChanges = z
  .strictObject({ ...scalars, signUp: z.strictObject(signUp).partial(), branding: z.strictObject(branding).partial() })
  .partial()
export const NewTenant = TenantChanges.required({ key: true, name: true })

const toTenant = (row: Row): z.input<typeof Tenant> => ({ ...row, ...toFrame(row) })

export const tenants = createRouter()
  .get(
    '/tenants',
    operation({ summary: 'List tenants', door, tag, answers: { 200: pageOf(Tenant) } }),
    requireApiKey,
    validate('query', listQuery({ key: filter })),
    async (c) => {
      const { filters, page } = splitQuery(c.req.valid('query'))
      return c.json(toPage(await listTenants(c.var.deps, c.var.actor, filters, page), page, toTenant))
    },
  )

  .post(
    '/tenants',
    operation({ summary: 'Make a tenant', door, tag, answers: { 201: Tenant } }),
    requireApiKey,
    jsonBody(NewTenant),
    async (c) => {
      const tenant = await createTenant(c.var.deps, c.var.actor, c.req.valid('json'))
      return c.json(toTenant(tenant), 201, { Location: `/v1/tenants/${tenant.id}` })
    },
  )

  .get(
    '/tenants/:id',
    operation({ summary: 'One tenant', door, tag, answers: { 200: Tenant } }),
    requireApiKey,
    async (c) => c.json(toTenant(await getTenant(c.var.deps, c.var.actor, c.req.param('id')))),
  )

  .patch(
    '/tenants/:id',
    operation({ summary: 'Change a tenant', door, tag, answers: { 200: Tenant } }),
    requireApiKey,
    jsonBody(TenantChanges),
    async (c) => c.json(toTenant(await changeTenant(c.var.deps, c.var.actor, c.req.param('id'), c.req.valid('json')))),
  )

  .delete(
    '/tenants/:id',
    operation({ summary: 'Remove a tenant and all that is its own', door, tag, answers: { 204: 'Removed' } }),
    requireApiKey,
    async (c) => {
      await removeTenant(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )

  .post(
    '/tenants/:id/sessions/revoke',
    operation({ summary: 'End every session in a tenant', door, tag, answers: { 204: 'Ended' } }),
    requireApiKey,
    async (c) => {
      await revokeTenantSessions(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )
