/** The smallest set-up in which somebody can log in, made through the admin API. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { App } from './ask.ts'
import { nativeArgon2 } from './native-argon2.ts'
import { registerSecret } from './secrets.ts'

export interface World {
  tenant: { id: string; key: string }
  role: { id: string; name: string }
  client: { id: string; clientId: string; clientSecret: string }
  user: { id: string; username: string; email: string; password: string }
  membership: { id: string }
}

/** What to add to, or change in, each of the resources. */
export type Wishes = Partial<Record<keyof World, Record<string, unknown>>>

export interface Tokens {
  accessToken: string
  refreshToken: string
  expires: number
}

/** Of everybody who wishes for no other: hashed once for the whole run, because a hash takes as long as the rest. */
const PASSWORD = `correct horse ${randomBytes(12).toString('base64url')}`
/** As the service itself would hash it. */
const PASSWORD_HASH = nativeArgon2.hash(PASSWORD, { memoryKib: 19_456, passes: 2, lanes: 1 })
registerSecret(PASSWORD)

export async function makeWorld(app: App, wishes: Wishes = {}): Promise<World> {
  const tag = randomBytes(6).toString('hex')
  const credential = wishes.user && ('passwordHash' in wishes.user || 'password' in wishes.user)
  const tenant = await create<World['tenant']>(app, '/v1/tenants', { key: `t-${tag}`, name: 'Acme', ...wishes.tenant })
  const role = await create<World['role']>(app, '/v1/roles', {
    tenantId: tenant.id,
    name: 'editor',
    permissions: ['ViewLoginActivity'],
    ...wishes.role,
  })
  const client = await create<World['client']>(app, '/v1/clients', {
    clientId: `web-${tag}`,
    name: 'Web',
    type: 'confidential',
    defaultTenantId: tenant.id,
    redirectUrl: 'https://app.example/login/success',
    ...wishes.client,
  })
  const user = await create<World['user']>(app, '/v1/users', {
    username: `Ada.${tag}`,
    email: `ada.${tag}@example.com`,
    firstName: 'Ada',
    lastName: 'Lovelace',
    defaultTenantId: tenant.id,
    ...(credential ? {} : { passwordHash: PASSWORD_HASH }),
    ...wishes.user,
  })
  const membership = await create<World['membership']>(app, `/v1/users/${user.id}/memberships`, {
    tenantId: tenant.id,
    roleId: role.id,
    ...wishes.membership,
  })
  return {
    tenant,
    role,
    client,
    user: { ...user, password: String(wishes.user?.['password'] ?? PASSWORD) },
    membership,
  }
}

/** POST as the operator; anything but 201 fails the test. */
export async function create<Resource>(app: App, path: string, body: object): Promise<Resource> {
  const { status, body: resource, text } = await app.admin.post<Resource>(path, body)
  assert.equal(status, 201, `POST ${path}: ${text}`)
  return resource
}

export const credentialsOf = ({ client, user }: World) => ({
  client_id: client.clientId,
  client_secret: client.clientSecret,
  username: user.username,
  password: user.password,
})

/** Logs in for a code. */
export async function getCode(app: App, world: World, more: object = {}): Promise<string> {
  const { status, body, text } = await app.post<{ code: string }>('/auth/login', { ...credentialsOf(world), ...more })
  assert.equal(status, 200, text)
  return body.code
}

/** Logs in for tokens, by way of a code. */
export async function getTokens(app: App, world: World): Promise<Tokens> {
  const code = await getCode(app, world)
  const { status, body, text } = await app.post<Tokens>('/auth/token', { code, clientId: world.client.clientId })
  assert.equal(status, 200, text)
  return body
}

export const bearer = ({ accessToken }: Pick<Tokens, 'accessToken'>) => ({ authorization: `Bearer ${accessToken}` })

export function refresh(app: App, tokens: Tokens, more: object = {}) {
  return app.post<Tokens>('/auth/token-refresh', { refreshToken: tokens.refreshToken, ...more }, bearer(tokens))
}

export function logOut(app: App, tokens: Tokens) {
  return app.post('/logout', { refreshToken: tokens.refreshToken }, bearer(tokens))
}
