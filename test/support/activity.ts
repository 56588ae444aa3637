/** Login activity in a test: asked for, and put there behind the service's back. */
import assert from 'node:assert/strict'
import type { Answer, App } from './ask.ts'
import { bearer, type Tokens } from './world.ts'

export interface ActivityRow {
  id: string
  actor: string
  tenantId: string
  loginTime: string
  tokenPayload: string
  loginType: string
  deviceInfo: string
  ipAddress: string
}

/** `filter` goes as JSON. */
export function listActivity(app: App, tokens: Tokens, filter?: object): Promise<Answer<ActivityRow[]>> {
  return app.get<ActivityRow[]>(`/login-activity${filter ? `?filter=${asJson(filter)}` : ''}`, bearer(tokens))
}

export const asJson = (value: unknown) => encodeURIComponent(JSON.stringify(value))

type Seed = Pick<ActivityRow, 'actor' | 'loginTime' | 'loginType'> & Partial<Pick<ActivityRow, 'deviceInfo'>>

/** Rows whose sealed columns are empty, with ids in the order of the list. */
export async function seedActivity(app: App, tenantId: string, seeds: Seed[]): Promise<string[]> {
  const tag = crypto.randomUUID().slice(8)
  const rows = seeds.map((seed, index) => ({
    deviceInfo: '',
    ...seed,
    loginTime: Date.parse(seed.loginTime),
    id: `${String(index).padStart(8, '0')}${tag}`,
  }))
  await app.rows(
    `insert into login_activity
      (id, actor, tenant_id, login_time, login_type, method, device_info, ip_address, token_payload, session_id)
      select value ->> 'id', value ->> 'actor', ?1, value ->> 'loginTime', value ->> 'loginType', 'password',
        value ->> 'deviceInfo', '', '', '' from json_each(?2)`,
    tenantId,
    JSON.stringify(rows),
  )
  return rows.map(({ id }) => id)
}

/** 400 for the parameter, with the words of the original; answers the details. */
export function invalidParameter(answer: Answer<unknown>, name: string, given?: unknown): unknown {
  const { error } = answer.body as { error: Record<string, unknown> }
  assert.equal(answer.status, 400, answer.text)
  const { message, details, ...rest } = error
  assert.deepEqual(rest, { statusCode: 400, name: 'BadRequestError', code: 'INVALID_PARAMETER_VALUE' })
  const [start, end] = ['Invalid data ', ` for parameter "${name}".`]
  assert.ok(String(message).startsWith(start) && String(message).endsWith(end), answer.text)
  if (given !== undefined) assert.equal(message, `${start}${JSON.stringify(given)}${end}`)
  return details
}
