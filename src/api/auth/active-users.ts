/** Who was active in which day or month. The answer is written as it is read, because it may be long. */
import * as z from 'zod'
import { type ActiveUser, listActiveUsers, type People } from '../../core/activity/active-users.ts'
import { requireUser } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { dateTime, object, parameters, value } from './parameters.ts'
import { requirePermission, VIEW_LOGIN_ACTIVITY } from './permissions.ts'

const ActiveUsers = z.record(z.string(), z.record(z.string(), z.array(z.looseObject({ id: z.string() }))))

const MOST_NAMED = 1_000

/** Which users to count, or not to. */
const UsersFilter = z
  .strictObject({
    inclusion: z.stringbool().or(z.boolean()),
    userIdentity: z.enum(['actorId', 'userName']),
    userIdentifier: z.array(z.string()).max(MOST_NAMED),
  })
  .transform(({ inclusion, userIdentity, userIdentifier }): People => {
    return { only: inclusion, by: userIdentity === 'actorId' ? 'id' : 'username', names: userIdentifier }
  })
  .optional()

export const activeUsers = createRouter().get(
  '/active-users/:range',
  operation({
    summary: 'Who was active in each day or month, by kind of login',
    door: 'bearer',
    tag: 'auth: login activity',
    answers: { 200: ActiveUsers },
  }),
  parameters('param', { range: value(z.enum(['daily', 'monthly']), 'daily or monthly') }),
  parameters('query', {
    startDate: dateTime('the first moment; with neither date, the last 30 days or 12 months', 'endDate'),
    endDate: dateTime('the last moment', 'startDate'),
    filter: object(UsersFilter, 'inclusion, userIdentity (actorId or userName) and userIdentifier (a list)'),
  }),
  requireUser,
  requirePermission(VIEW_LOGIN_ACTIVITY),
  async (c) => {
    const { range } = c.req.valid('param')
    const { startDate: from, endDate: to, filter: people } = c.req.valid('query')
    const between = from && to ? { from, to } : undefined
    const users = await listActiveUsers(c.var.deps, c.var.actor, { range, between, people })
    return c.body(streamOf(toJson(users, range)), 200, { 'Content-Type': 'application/json' })
  },
)

/** `{"2026-11-25":{"ACCESS":[...]}}`, a row at a time; months are `11-2026`. */
async function* toJson(users: AsyncIterable<ActiveUser>, range: 'daily' | 'monthly'): AsyncGenerator<string> {
  let before: ActiveUser | undefined
  for await (const user of users) {
    const { period, loginType, activity } = user
    const key = range === 'daily' ? period : period.split('-').reverse().join('-')
    const [newPeriod, newType] = [before?.period !== period, before?.loginType !== loginType]
    if (newPeriod) yield `${before ? ']},' : '{'}"${key}":{"${loginType}":[`
    else yield newType ? `],"${loginType}":[` : ','
    yield JSON.stringify(activity)
    before = user
  }
  yield before ? ']}}' : '{}'
}

function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { value: text, done } = await texts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(text))
    },
    cancel: async () => void (await texts.return(undefined)),
  })
}
