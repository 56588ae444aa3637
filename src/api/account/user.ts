/** Who is logged in, and what they may change about themselves. */
import * as z from 'zod'
import { changeAccount, getAccount } from '../../core/account/profile.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'
import { READ, requireMember, WRITE } from './authenticate.ts'
import { toUser, User, UserChanges } from './user-wire.ts'
import { Envelope, JSON_TYPES, succeed } from './wire.ts'

const tag = 'account'

const UserResponse = Envelope.extend({ user: User })
const UserRequest = z.object({ user: UserChanges })

export const user = createRouter()
  .get(
    '/user',
    operation({ summary: 'The user who is logged in', door: 'member', tag, answers: { 200: UserResponse } }),
    requireMember(READ),
    async (c) => succeed(c, { user: toUser(await getAccount(c.var.deps, c.var.actor)) }),
  )

  .post(
    '/user',
    operation({ summary: 'Change profile and settings', door: 'member', tag, answers: { 200: UserResponse } }),
    requireMember(WRITE),
    jsonBody(UserRequest, { types: JSON_TYPES }),
    async (c) => {
      const changes = c.req.valid('json').user
      return succeed(c, { user: toUser(await changeAccount(c.var.deps, c.var.actor, changes)) })
    },
  )
