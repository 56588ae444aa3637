/** What a measurement needs in the store: many users, and codes to be exchanged. */
import { sql } from 'drizzle-orm'
import { adminApi } from '../../src/commands/admin-api.ts'
import { DEMO, seedDemo } from '../../src/commands/demo.ts'
import { AUTH_CODE, makeAuthCode } from '../../src/core/sessions/auth-codes.ts'
import { type Client, selectClientByClientId } from '../../src/db/clients.ts'
import { type Principal, selectLoginByUsername } from '../../src/db/principals.ts'
import type { Db, Deps } from '../../src/deps.ts'
import { CONFIG, type Target, VARIABLES } from './target.ts'

export const SECRETS = { DEMO_CLIENT_SECRET: VARIABLES.ADMIN_API_KEY, DEMO_PASSWORD: VARIABLES.ADMIN_API_KEY }

/** The client, and the user that all others are copies of. */
export interface Demo {
  client: Client
  principal: Principal
}

export const usernameOf = (n: number) => `bench-${n}`

export const credentialsOf = (username: string) => ({
  client_id: DEMO.clientId,
  client_secret: SECRETS.DEMO_CLIENT_SECRET,
  username,
  password: SECRETS.DEMO_PASSWORD,
})

export async function makeDemo({ address, app, db }: Target): Promise<Demo> {
  await seedDemo(adminApi(address, VARIABLES.ADMIN_API_KEY), SECRETS)
  const { body } = await app.post<{ code: string }>('/auth/login', credentialsOf(DEMO.username))
  await app.post('/auth/token', { clientId: DEMO.clientId, code: body.code })
  const [client] = await selectClientByClientId(db, DEMO.clientId)
  const [principal] = await selectLoginByUsername(db, DEMO.username)
  if (!client || !principal) throw new Error('The demo is missing.')
  return { client, principal }
}

/** Copies of the demo user, with its password, its membership and one login, until there are `count`. */
export async function multiplyUsers(db: Db, count: number): Promise<void> {
  const name = `'bench-' || n`
  await copyRows(db, 'users', count, {
    id: name,
    username: name,
    username_key: name,
    email_key: `${name} || '@example.com'`,
  })
  await copyRows(db, 'passwords', count, { user_id: name })
  await copyRows(db, 'memberships', count, { id: name, user_id: name })
  await copyRows(db, 'login_activity', count, { id: name, actor: name, login_time: 'login_time - n' })
}

/** What says whose row it is. */
const OWNER: Record<string, string> = { users: 'id', login_activity: 'actor' }

/** Copies the demo user's row in the table once for each number that is not there yet; `changed` is SQL for some columns. */
async function copyRows(db: Db, table: string, count: number, changed: Record<string, string>): Promise<void> {
  const key = OWNER[table] ?? 'user_id'
  const demo = `${key} = (select id from users where username_key = '${DEMO.username}')`
  const [row] = await db.all<Record<string, unknown>>(sql.raw(`select * from ${table} where ${demo}`))
  const columns = Object.keys(row ?? {})
  for (let from = 0; from < count; from += ROWS_A_STATEMENT)
    await db.run(
      sql.raw(`
      with recursive numbers(n) as
        (select ${from} union all select n + 1 from numbers where n < ${Math.min(from + ROWS_A_STATEMENT, count) - 1})
      insert into ${table} (${columns.map((column) => `"${column}"`)})
      select ${columns.map((column) => changed[column] ?? `"${column}"`)}
      from numbers join (select * from ${table} where ${demo} limit 1)
      where not exists (select 1 from ${table} where ${key} = 'bench-' || n)`),
    )
}

/** D1 ends a statement that takes too long. */
const ROWS_A_STATEMENT = 25_000

/** Codes as a login would have left them, each of another user. */
export async function makeCodes(
  { db }: Target,
  { client, principal }: Demo,
  users: number,
  count: number,
): Promise<string[]> {
  const { user, membership } = principal
  if (!membership) throw new Error('The demo user is in no tenant.')
  const deps = { config: CONFIG, db, now: () => new Date() } as Deps
  const codes = await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const id = usernameOf(n % users)
      const copy = { ...principal, user: { ...user, id, username: id }, membership: { ...membership, id, userId: id } }
      return makeAuthCode(deps, { client, principal: copy, method: 'password' }).then((made) => ({
        ...made,
        userId: id,
      }))
    }),
  )
  const expiresAt = Date.now() + 3_600_000
  for (let from = 0; from < count; from += CODES_A_STATEMENT) {
    const rows = codes.slice(from, from + CODES_A_STATEMENT).map(({ hash, data, userId }) => ({ hash, data, userId }))
    await db.run(sql`
      insert into one_time_secrets (kind, hash, client_id, user_id, tenant_id, data, expires_at)
      select ${AUTH_CODE}, value ->> 'hash', ${client.id}, value ->> 'userId', ${membership.tenantId}, value ->> 'data', ${expiresAt}
      from json_each(${JSON.stringify(rows)})`)
  }
  return codes.map(({ code }) => code)
}

/** About 250 KB of JSON. */
const CODES_A_STATEMENT = 500
