/** Who was active in which day or month: one login activity row each for person, kind and period. */
import { and, asc, between, eq, min, ne, not, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import type { LoginActivity } from './login-activity.ts'
import { isAmong } from './login-activity-query.ts'
import { loginActivity, users } from './schema.ts'

/** In UTC, and so that text sorts as time does. */
const PERIODS = { daily: '%Y-%m-%d', monthly: '%Y-%m' }
export type Range = keyof typeof PERIODS

export interface People {
  /** Only these, or all but these. */
  only: boolean
  by: 'id' | 'username'
  names: string[]
}

interface ActiveUsers {
  range: Range
  from: Date
  to: Date
  people: People | undefined
  limit: number
}

/** The first row of each; ids are in the order of time. A failed login is no activity of the person it names. */
export function listFirstActivities(db: Db, tenantId: string, { range, from, to, people, limit }: ActiveUsers) {
  const { actor, loginTime, loginType, id } = loginActivity
  const period = sql<string>`strftime(${PERIODS[range]}, ${loginTime} / 1000, 'unixepoch')`.as('period')
  const first = min(id).as('first')
  return db
    .select({ period, loginType, id: first })
    .from(loginActivity)
    .where(
      and(
        eq(loginActivity.tenantId, tenantId),
        between(loginTime, from, to),
        ne(loginType, 'FAILED'),
        ofPeople(people),
      ),
    )
    .groupBy(sql`period`, loginType, actor)
    .orderBy(sql`period`, asc(loginType), sql`first`)
    .limit(limit)
}

export function listLoginActivityByIds(db: Db, tenantId: string, ids: string[]): Promise<LoginActivity[]> {
  return db
    .select()
    .from(loginActivity)
    .where(and(eq(loginActivity.tenantId, tenantId), isAmong(sql`${loginActivity.id}`, ids)))
}

function ofPeople(people: People | undefined): SQL | undefined {
  if (!people) return undefined
  const { only, by, names } = people
  const named =
    by === 'id' ? isAmong(sql`${loginActivity.actor}`, names) : sql`${loginActivity.actor} in ${withUsernames(names)}`
  return only ? named : not(named)
}

const withUsernames = (keys: string[]) =>
  sql`(select ${users.id} from ${users} where ${isAmong(sql`${users.usernameKey}`, keys)})`
