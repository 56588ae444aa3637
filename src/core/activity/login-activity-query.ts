/** Reading login activity of one's own tenant, with what is sealed opened. */
import type { LoginActivity } from '../../db/login-activity.ts'
import {
  type ActivityOrder,
  type Condition,
  countLoginActivity,
  findLoginActivity,
  listLoginActivity,
} from '../../db/login-activity-query.ts'
import type { Deps } from '../../deps.ts'
import type { UserActor } from '../actor.ts'
import { unseal } from '../vault.ts'
import { addressIdentity, payloadIdentity } from './login-activity.ts'

export { type LikePattern, parseLike } from '../../db/like.ts'
export type { ActivityColumn, ActivityOrder, Comparison, Condition } from '../../db/login-activity-query.ts'

export interface Activity {
  id: string
  /** The user's id; empty when no user was recognised. */
  actor: string
  tenantId: string | null
  loginTime: Date
  /** The claims of the token as JSON; empty where no token was given. */
  tokenPayload: string
  loginType: LoginActivity['loginType']
  deviceInfo: string
  ipAddress: string
}
export type ActivityField = keyof Activity

const READ: {
  [Field in ActivityField]: (deps: Deps, row: LoginActivity) => Activity[Field] | Promise<Activity[Field]>
} = {
  id: (_, row) => row.id,
  actor: (_, row) => row.actor,
  tenantId: (_, row) => row.tenantId,
  loginTime: (_, row) => row.loginTime,
  tokenPayload: readTokenPayload,
  loginType: (_, row) => row.loginType,
  deviceInfo: (_, row) => row.deviceInfo,
  ipAddress: (deps, row) => open(deps, row, addressIdentity(row.id), row.ipAddress),
}
export const ACTIVITY_FIELDS = Object.keys(READ) as ActivityField[]

interface Query {
  where: Condition
  /** The order of time where none is given. */
  order: ActivityOrder[]
  limit: number
  offset: number
  fields: ActivityField[]
}

export async function listActivity(deps: Deps, { tenantId }: UserActor, { fields, ...slice }: Query) {
  const rows = await listLoginActivity(deps.db, tenantId, slice)
  return Promise.all(rows.map((row) => reveal(deps, row, fields)))
}

export function countActivity({ db }: Deps, { tenantId }: UserActor, where: Condition): Promise<number> {
  return countLoginActivity(db, tenantId, where)
}

export async function findActivity(deps: Deps, { tenantId }: UserActor, id: string, fields: ActivityField[]) {
  const row = await findLoginActivity(deps.db, tenantId, id)
  return row && reveal(deps, row, fields)
}

/** Opens nothing that is not among the fields. */
export async function reveal(deps: Deps, row: LoginActivity, fields = ACTIVITY_FIELDS): Promise<Partial<Activity>> {
  const read = fields.map(async (field) => [field, await READ[field](deps, row)] as const)
  return Object.fromEntries(await Promise.all(read))
}

async function readTokenPayload(deps: Deps, row: LoginActivity): Promise<string> {
  const { loginTime, tokenSeconds, sessionId, loginType } = row
  if (row.tokenPayload === '') return ''
  const plain = await open(deps, row, payloadIdentity(sessionId), row.tokenPayload)
  if (plain === '') return ''
  const iat = Math.floor(loginTime.getTime() / 1000)
  const lastLogin = loginType === 'ACCESS' ? { lastLogin: loginTime.toISOString() } : {}
  return JSON.stringify({ ...lastLogin, iat, exp: iat + (tokenSeconds ?? 0), ...JSON.parse(plain) })
}

/** One value that does not open must not hide all the others. */
async function open(deps: Deps, { id }: LoginActivity, identity: string, sealed: string): Promise<string> {
  try {
    return await unseal(deps.config, identity, sealed)
  } catch (cause) {
    deps.log('error', 'login activity does not open', { activityId: id, cause })
    return ''
  }
}
