/** `/v1/users`: people. */
import * as z from 'zod'
import {
  requireSecondFactor,
  resetSecondFactor,
  revokeUserSessions,
  setUserPassword,
} from '../../core/directory/user-credentials.ts'
import { changeUser, createUser, getUser, listUsers, removeUser } from '../../core/directory/users.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { NewPassword, NewUser, toUser, User, UserChanges } from './user-wire.ts'
import { filter, listQuery, pageOf, splitQuery, toPage } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: users'

const status = z.enum(['active', 'blocked']).optional()
const SecondFactor = z.strictObject({ required: z.boolean() })

export const users = createRouter()
  .get(
    '/users',
    operation({ summary: 'List people', door, tag, answers: { 200: pageOf(User) } }),
    requireApiKey,
    validate('query', listQuery({ tenantId: filter, username: filter, email: filter, status })),
    async (c) => {
      const { filters, page } = splitQuery(c.req.valid('query'))
      return c.json(toPage(await listUsers(c.var.deps, c.var.actor, filters, page), page, toUser))
    },
  )

  .post(
    '/users',
    operation({ summary: 'Add a person', door, tag, answers: { 201: User } }),
    requireApiKey,
    jsonBody(NewUser),
    async (c) => {
      const user = await createUser(c.var.deps, c.var.actor, c.req.valid('json'))
      return c.json(toUser(user), 201, { Location: `/v1/users/${user.id}` })
    },
  )

  .get(
    '/users/:id',
    operation({ summary: 'One person', door, tag, answers: { 200: User } }),
    requireApiKey,
    async (c) => c.json(toUser(await getUser(c.var.deps, c.var.actor, c.req.param('id')))),
  )

  .patch(
    '/users/:id',
    operation({ summary: 'Change a person', door, tag, answers: { 200: User } }),
    requireApiKey,
    jsonBody(UserChanges),
    async (c) => c.json(toUser(await changeUser(c.var.deps, c.var.actor, c.req.param('id'), c.req.valid('json')))),
  )

  .delete(
    '/users/:id',
    operation({ summary: 'Remove a person and their data', door, tag, answers: { 204: 'Removed' } }),
    requireApiKey,
    async (c) => {
      await removeUser(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )

  .post(
    '/users/:id/password',
    operation({ summary: 'Set a password', door, tag, answers: { 204: 'Set; every session has ended' } }),
    requireApiKey,
    jsonBody(NewPassword),
    async (c) => {
      await setUserPassword(c.var.deps, c.var.actor, c.req.param('id'), c.req.valid('json'))
      return c.body(null, 204)
    },
  )

  .post(
    '/users/:id/sessions/revoke',
    operation({ summary: 'End every session of a person', door, tag, answers: { 204: 'Ended' } }),
    requireApiKey,
    async (c) => {
      await revokeUserSessions(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )

  .post(
    '/users/:id/second-factor',
    operation({ summary: 'Demand a second factor, or no longer', door, tag, answers: { 204: 'Set' } }),
    requireApiKey,
    jsonBody(SecondFactor),
    async (c) => {
      await requireSecondFactor(c.var.deps, c.var.actor, c.req.param('id'), c.req.valid('json').required)
      return c.body(null, 204)
    },
  )

  .post(
    '/users/:id/second-factor/reset',
    operation({ summary: 'Forget the authenticator app', door, tag, answers: { 204: 'Forgotten' } }),
    requireApiKey,
    async (c) => {
      await resetSecondFactor(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )
