/** `/v1/roles` */
import * as z from 'zod'
import { changeRole, createRole, getRole, listRoles, type Role as Row, removeRole } from '../../core/directory/roles.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { name, text } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { filter, frame, listQuery, pageOf, splitQuery, toFrame, toPage } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: roles'

const fields = { name, permissions: z.array(name).max(500) }

const Role = z.object({ ...frame, tenantId: z.string(), ...fields })
const RoleChanges = z.strictObject(fields).partial()
export const NewRole = z.strictObject({ tenantId: text(40), ...fields }).partial({ permissions: true })

const toRole = (row: Row): z.input<typeof Role> => ({ ...row, ...toFrame(row) })

export const roles = createRouter()
  .get(
    '/roles',
    operation({ summary: 'List roles', door, tag, answers: { 200: pageOf(Role) } }),
    requireApiKey,
    validate('query', listQuery({ tenantId: filter, name: filter })),
    async (c) => {
      const { filters, page } = splitQuery(c.req.valid('query'))
      return c.json(toPage(await listRoles(c.var.deps, c.var.actor, filters, page), page, toRole))
    },
  )

  .post(
    '/roles',
    operation({ summary: 'Make a role', door, tag, answers: { 201: Role } }),
    requireApiKey,
    jsonBody(NewRole),
    async (c) => {
      const role = await createRole(c.var.deps, c.var.actor, c.req.valid('json'))
      return c.json(toRole(role), 201, { Location: `/v1/roles/${role.id}` })
    },
  )

  .get('/roles/:id', operation({ summary: 'One role', door, tag, answers: { 200: Role } }), requireApiKey, async (c) =>
    c.json(toRole(await getRole(c.var.deps, c.var.actor, c.req.param('id')))),
  )

  .patch(
    '/roles/:id',
    operation({ summary: 'Change a role', door, tag, answers: { 200: Role } }),
    requireApiKey,
    jsonBody(RoleChanges),
    async (c) => c.json(toRole(await changeRole(c.var.deps, c.var.actor, c.req.param('id'), c.req.valid('json')))),
  )

  .delete(
    '/roles/:id',
    operation({ summary: 'Remove a role that nobody has', door, tag, answers: { 204: 'Removed' } }),
    requireApiKey,
    async (c) => {
      await removeRole(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )
