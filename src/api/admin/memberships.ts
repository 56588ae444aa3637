/** `/v1/users/{userId}/memberships`: people in tenants. */
import * as z from 'zod'
import {
  changeMembership,
  createMembership,
  type DirectoryMembership,
  getMembership,
  listMemberships,
  removeMembership,
} from '../../core/directory/memberships.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { name, text } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { filter, frame, listQuery, pageOf, splitQuery, toFrame, toPage } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: memberships'

const permissions = { allow: z.array(name).max(500), deny: z.array(name).max(500) }
const fields = {
  roleId: text(40),
  /** 0 REGISTERED, 1 ACTIVE, 2 INACTIVE, 3 PASSWORD_CHANGE_NEEDED, 4 REJECTED. */
  status: z.literal([0, 1, 2, 3, 4]),
  units: z.array(name).max(200),
}

const Membership = z.object({
  ...frame,
  userId: z.string(),
  tenantId: z.string(),
  ...fields,
  permissions: z.object(permissions),
})
const MembershipChanges = z.strictObject({ ...fields, permissions: z.strictObject(permissions).partial() }).partial()
export const NewMembership = MembershipChanges.extend({ tenantId: text(40) }).required({ roleId: true })

const toMembership = ({ preferredUnit: _, ...row }: DirectoryMembership): z.input<typeof Membership> => ({
  ...row,
  ...toFrame(row),
})

export const memberships = createRouter()
  .get(
    '/users/:userId/memberships',
    operation({ summary: "List a person's memberships", door, tag, answers: { 200: pageOf(Membership) } }),
    requireApiKey,
    validate('query', listQuery({ tenantId: filter })),
    async (c) => {
      const { filters, page } = splitQuery(c.req.valid('query'))
      const rows = await listMemberships(c.var.deps, c.var.actor, { ...c.req.param(), ...filters }, page)
      return c.json(toPage(rows, page, toMembership))
    },
  )

  .post(
    '/users/:userId/memberships',
    operation({ summary: 'Make a person a member', door, tag, answers: { 201: Membership } }),
    requireApiKey,
    jsonBody(NewMembership),
    async (c) => {
      const { userId } = c.req.param()
      const membership = await createMembership(c.var.deps, c.var.actor, userId, c.req.valid('json'))
      const Location = `/v1/users/${membership.userId}/memberships/${membership.id}`
      return c.json(toMembership(membership), 201, { Location })
    },
  )

  .get(
    '/users/:userId/memberships/:id',
    operation({ summary: 'One membership', door, tag, answers: { 200: Membership } }),
    requireApiKey,
    async (c) => c.json(toMembership(await getMembership(c.var.deps, c.var.actor, c.req.param()))),
  )

  .patch(
    '/users/:userId/memberships/:id',
    operation({ summary: 'Change a membership', door, tag, answers: { 200: Membership } }),
    requireApiKey,
    jsonBody(MembershipChanges),
    async (c) => {
      const changed = await changeMembership(c.var.deps, c.var.actor, c.req.param(), c.req.valid('json'))
      return c.json(toMembership(changed))
    },
  )

  .delete(
    '/users/:userId/memberships/:id',
    operation({ summary: 'End a membership', door, tag, answers: { 204: 'Ended' } }),
    requireApiKey,
    async (c) => {
      await removeMembership(c.var.deps, c.var.actor, c.req.param())
      return c.body(null, 204)
    },
  )
