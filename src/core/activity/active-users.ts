/** Who was active when, for statistics: the first login of everybody in every day or month, by kind. */
import { listFirstActivities, listLoginActivityByIds, type People, type Range } from '../../db/active-users.ts'
import { lookupKey } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import type { UserActor } from '../actor.ts'
import { AppError } from '../errors.ts'
import { type Activity, reveal } from './login-activity-query.ts'

export type { People, Range } from '../../db/active-users.ts'

/** Beyond this the answer is refused. */
const MOST_ROWS = 100_000
/** Read and opened together; what is in memory at one time does not depend on how much there is. */
const CHUNK = 500
const DAY_MS = 24 * 3_600_000

interface Period {
  range: Range
  /** Both or neither; neither is the last 30 days, or the last 12 months. */
  between?: { from: Date; to: Date } | undefined
  people?: People | undefined
}

export interface ActiveUser {
  /** `YYYY-MM-DD`, or `YYYY-MM`, in UTC. */
  period: string
  loginType: Activity['loginType']
  activity: Partial<Activity>
}

/**
 * In the order of periods and kinds. Throws `parameter_invalid` when there are too many; else the rows follow as they
 * are asked for.
 */
export async function listActiveUsers(
  deps: Deps,
  { tenantId }: UserActor,
  { range, between = lately(range, deps.now()), people }: Period,
): Promise<AsyncIterable<ActiveUser>> {
  const byKey = people?.by === 'username' ? { ...people, names: people.names.map(lookupKey) } : people
  const query = { range, ...between, people: byKey, limit: MOST_ROWS + 1 }
  const firsts = await listFirstActivities(deps.db, tenantId, query)
  if (firsts.length > MOST_ROWS) {
    const detail = `More than ${MOST_ROWS} users were active: name a shorter time, or fewer users`
    throw new AppError('parameter_invalid', { detail })
  }
  return readInChunks(deps, tenantId, firsts)
}

type Firsts = Awaited<ReturnType<typeof listFirstActivities>>

async function* readInChunks(deps: Deps, tenantId: string, firsts: Firsts): AsyncGenerator<ActiveUser> {
  for (let at = 0; at < firsts.length; at += CHUNK) {
    const chunk = firsts.slice(at, at + CHUNK)
    const rows = await listLoginActivityByIds(
      deps.db,
      tenantId,
      chunk.map(({ id }) => String(id)),
    )
    const activities = new Map(await Promise.all(rows.map(async (row) => [row.id, await reveal(deps, row)] as const)))
    for (const { id, period, loginType } of chunk) {
      const activity = activities.get(String(id))
      if (activity) yield { period, loginType, activity }
    }
  }
}

function lately(range: Range, to: Date): { from: Date; to: Date } {
  if (range === 'daily') return { from: new Date(to.getTime() - 30 * DAY_MS), to }
  const from = new Date(to)
  from.setUTCFullYear(from.getUTCFullYear() - 1)
  return { from, to }
}
