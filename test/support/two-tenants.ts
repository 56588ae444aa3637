/** A tenant in which everything has a name of its own, so that nothing of it can turn up elsewhere unnoticed. */
import { randomBytes } from 'node:crypto'
import { logIn, withKey } from './account.ts'
import type { App } from './ask.ts'
import { furnish, type Ids } from './belongings.ts'
import { browserOf, locationOf, logInAtGateway, SERVICE, startLogin } from './gateway.ts'
import { enrol } from './passkey-owner.ts'
import { headersV1 } from './signatures.ts'
import { bearer, getCode, getTokens, makeWorld, type Tokens, type World } from './world.ts'

/** What can be named of a tenant in a request: of one that is there, or of nobody. */
export interface Names {
  world: World
  ids: Ids
  unit: string
  /** What proves something by being known. */
  tokens: Tokens
  code: string
  flow: string
  imidToken: string
}

export interface Party extends Names {
  key: string
  /** Headers, by the door that they open. */
  credentials: Record<string, Record<string, string>>
  sign: (path: string) => Record<string, string>
}

export async function settle(app: App): Promise<Party> {
  const tag = randomBytes(6).toString('hex')
  const world = await makeWorld(app, {
    tenant: { callbackUrls: [SERVICE], name: `Tenant ${tag}` },
    role: { name: `role ${tag}` },
    client: { name: `Client ${tag}` },
    user: { firstName: `First${tag}`, lastName: `Last${tag}` },
  })
  const { ids, key, unit } = await furnish(app, world)
  await app.admin.patch(`/v1/users/${world.user.id}/memberships/${world.membership.id}`, { units: [unit] })
  const tokens = await getTokens(app, world)
  const account = (await logIn(app, key, world)).body.token
  const gateway = browserOf(app)
  await logInAtGateway(gateway, world)
  const [started, arrived] = [browserOf(app), browserOf(app)]
  const flow = await startLogin(started, world)
  const { username, password } = world.user
  const form = { flow: await startLogin(arrived, world), username, password }
  const posted = await arrived.visit('POST', '/login/password', form)
  const passkey = await enrol(app, tokens)
  const [activity] = (await app.get<{ id: string }[]>('/login-activity', bearer(tokens))).body
  const sign = (path: string) => headersV1(app, world.client, path)
  const person = `person-${tag}`
  const add = `/management/add_users/${world.client.clientId}`
  await app.post(add, { users: [person] }, sign(add))
  return {
    world,
    key,
    unit,
    tokens,
    flow,
    sign,
    code: await getCode(app, world),
    imidToken: new URL(locationOf(posted), 'http://x').searchParams.get('imid_token') ?? '',
    ids: {
      ...ids,
      passkeys: passkey.id,
      sessions: gateway.cookies.get('imidToken')?.split('.')[0] ?? '',
      'login-activity': activity?.id ?? '',
      applicationId: world.client.clientId,
      userId: person,
    },
    credentials: {
      apiKey: { 'x-api-key': key },
      tenantKey: { 'x-api-key': key },
      member: withKey(key, account),
      bearer: bearer(tokens),
      session: { cookie: cookieOf(gateway) },
      flow: { cookie: cookieOf(started) },
      arrival: { cookie: cookieOf(arrived) },
    },
  }
}

const cookieOf = ({ cookies }: ReturnType<typeof browserOf>) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

/** As long as the real ones, and of nobody. */
export function nobodys(real: Names): Names {
  const tag = randomBytes(6).toString('hex')
  const id = () => crypto.randomUUID()
  const token = (like: string) => randomBytes(like.length).toString('base64url').slice(0, like.length)
  const { user } = real.world
  const world: World = {
    tenant: { id: id(), key: `t-${tag}` },
    role: { id: id(), name: `role ${tag}` },
    client: { id: id(), clientId: `web-${tag}`, clientSecret: token(real.world.client.clientSecret) },
    user: { ...user, id: id(), username: `Ada.${tag}`, email: `ada.${tag}@example.com` },
    membership: { id: id() },
  }
  return {
    world,
    ids: {
      ...Object.fromEntries(Object.keys(real.ids).map((name) => [name, id()])),
      tenants: world.tenant.id,
      roles: world.role.id,
      clients: world.client.id,
      users: world.user.id,
      memberships: world.membership.id,
      'api-keys': '999999999',
      applicationId: world.client.clientId,
      userId: `person-${tag}`,
    },
    unit: `unit ${tag}`,
    tokens: { ...real.tokens, refreshToken: token(real.tokens.refreshToken) },
    code: token(real.code),
    flow: token(real.flow),
    imidToken: token(real.imidToken),
  }
}

/** Every text that would give the tenant away; of two tenants in the same order. */
export const marksOf = ({ world, ids, unit, tokens, code, flow, imidToken }: Names): string[] => [
  // Of keys it is a small number, which stands everywhere for other reasons.
  ...Object.keys(ids)
    .filter((name) => name !== 'api-keys')
    .sort()
    .map((name) => ids[name] ?? ''),
  world.tenant.key,
  world.role.name,
  world.client.clientId,
  world.client.clientSecret,
  world.user.username,
  world.user.email,
  unit,
  tokens.refreshToken,
  code,
  flow,
  imidToken,
]
