/** Where a request can name something besides its path, by route; and the routes that name nothing. */
import type { Sample } from './samples.ts'
import type { Names, Party } from './two-tenants.ts'

/** A request about one's own, in which something is another's. */
type Reference = (named: Names, mine: Party) => Partial<Sample>

const query =
  (of: (named: Names) => Record<string, string>): Reference =>
  (named) => ({ query: of(named) })
const body =
  (of: (named: Names, mine: Party) => Record<string, unknown>): Reference =>
  (named, mine) => ({ body: of(named, mine) })
const tag = () => crypto.randomUUID().slice(0, 8)

const ofTenant = query(({ world }) => ({ tenantId: world.tenant.id }))
const username = ({ world }: Names) => world.user.username

/** In one's own login at the hosted pages, another's name. */
const hosted =
  (of: (named: Names) => Record<string, string>): Reference =>
  (named, mine) => ({
    form: { flow: mine.flow, ...of(named) },
  })

const activity = (of: (named: Names) => object): Reference => query((named) => ({ filter: JSON.stringify(of(named)) }))

export const ELSEWHERE: Record<string, Reference[]> = {
  'GET /v1/tenants': [query(({ world }) => ({ key: world.tenant.key }))],
  'PATCH /v1/tenants/:id': [body(({ ids }) => ({ signUp: { mode: 'open', roleId: ids['roles'] } }))],
  'GET /v1/roles': [ofTenant, query(({ world }) => ({ name: world.role.name }))],
  'POST /v1/roles': [body(({ world }) => ({ tenantId: world.tenant.id, name: `role ${tag()}` }))],
  'GET /v1/clients': [query(({ world }) => ({ clientId: world.client.clientId }))],
  'POST /v1/clients': [body(({ world }) => ({ name: 'Web', defaultTenantId: world.tenant.id }))],
  'PATCH /v1/clients/:id': [body(({ world }) => ({ defaultTenantId: world.tenant.id }))],
  'GET /v1/users': [ofTenant, query((named) => ({ username: username(named) }))],
  'POST /v1/users': [body(({ world }) => ({ username: `u-${tag()}`, defaultTenantId: world.tenant.id }))],
  'PATCH /v1/users/:id': [body(({ world }) => ({ defaultTenantId: world.tenant.id }))],
  'POST /v1/users/:userId/memberships': [
    body(({ world }) => ({ tenantId: world.tenant.id, roleId: world.role.id })),
    body(({ world }, mine) => ({ tenantId: mine.world.tenant.id, roleId: world.role.id })),
  ],
  'PATCH /v1/users/:userId/memberships/:id': [
    body(({ world }) => ({ roleId: world.role.id })),
    body(({ unit }) => ({ units: [unit] })),
  ],
  'GET /v1/connections': [ofTenant],
  'POST /v1/connections': [
    body(({ world }) => ({ tenantId: world.tenant.id, kind: 'google', name: 'Google', clientId: 'c' })),
  ],
  'GET /v1/api-keys': [ofTenant],
  'POST /v1/api-keys': [
    body(({ world }) => ({ tenantId: world.tenant.id, name: 'key', permissions: 1 })),
    body(({ world }) => ({ ownerId: world.user.id, name: 'key', permissions: 1 })),
  ],
  'GET /v1/audit': [
    ofTenant,
    query(({ world }) => ({ targetId: world.user.id })),
    query(({ ids }) => ({ actorId: ids['api-keys'] ?? '' })),
  ],
  'GET /v1/audit/verification': [ofTenant],
  'GET /v1/export': [ofTenant],

  'POST /auth/switch-token': [
    body(({ world }, mine) => ({ refreshToken: mine.tokens.refreshToken, tenantId: world.tenant.id })),
  ],
  'POST /auth/token-refresh': [
    body(({ world }, mine) => ({ refreshToken: mine.tokens.refreshToken, tenantId: world.tenant.id })),
  ],
  'PATCH /auth/change-password': [
    body((named, mine) => ({
      refreshToken: mine.tokens.refreshToken,
      username: username(named),
      oldPassword: mine.world.user.password,
      password: 'another good one 1',
    })),
  ],
  'GET /login-activity': [
    activity(({ world }) => ({ where: { tenantId: world.tenant.id } })),
    activity(({ world }) => ({ where: { actor: world.user.id } })),
    activity(({ ids, world }) => ({ where: { or: [{ id: ids['login-activity'] }, { tenantId: world.tenant.id }] } })),
  ],
  'GET /login-activity/count': [query(({ world }) => ({ where: JSON.stringify({ tenantId: world.tenant.id }) }))],
  'GET /active-users/:range': [
    activity(({ world }) => ({ inclusion: true, userIdentity: 'actorId', userIdentifier: [world.user.id] })),
  ],
  'POST /sessions/end': [(named) => ({ form: { id: named.ids['sessions'] } })],
  'POST /passkeys/remove': [(named) => ({ form: { id: named.ids['passkeys'] } })],

  'POST /imsg-service/v1/unit': [body(({ unit }) => ({ unit }))],
  'POST /login/password': [hosted(({ world: { user } }) => ({ username: user.username, password: user.password }))],
  'POST /login/send-code': [hosted((named) => ({ username: username(named) }))],
  'POST /login/forgot': [hosted((named) => ({ username: username(named) }))],
  'POST /login/sign-up': [hosted(({ world }) => ({ email: world.user.email }))],
  'GET /login/provider': [({ ids }, mine) => ({ query: { flow: mine.flow, connection: ids['connections'] } })],
  'GET /auth/saml/metadata': [query(({ ids }) => ({ connection: ids['connections'] ?? '' }))],
}

/** Routes in which nothing of a tenant is named, or may be, and why. Where it `tells`, the answers may differ. */
export const SAME_FOR_ALL: { which: RegExp; why: string; tells?: true }[] = [
  { which: /well-known|\/health$|openapi|\/docs|\/scripts\//, why: 'the same for everybody' },
  { which: /\/dev\/outbox/, why: 'on the machine of a developer only', tells: true },
  {
    which: /signing-keys|master-key|audit.(seals|chains)|POST \/v1\/(tenants|import)$/,
    why: 'an operator speaks of the whole service',
  },
  { which: /imsg-service\/v1\/(login|org)/, why: 'who knows an organisation may begin to log in there', tells: true },
  { which: /(token-refresh|switch-token|logout)$/, why: 'a genuine refresh token may be told from none', tells: true },
  {
    which: /(reset-password|sign-up|verify-token|create-user|register-device|password-link)$/,
    why: 'links are proofs',
  },
  { which: /-redirect$|\/auth\/saml$/, why: 'the state is the proof, and the client is one’s own' },
  { which: /\/auth\/(google|oauth-apple|azure|facebook|instagram|keycloak|cognito|oidc)$/, why: 'one’s own client' },
  { which: /passkey-login|\/passkeys(\/options)?$|\/devices\//, why: 'a challenge for everybody' },
  { which: /\/sessions(\/end-others)?$/, why: 'about who asks' },
  { which: /\/auth\/(me|identities.*)$|\/v1\/auth\/(user|logout)$|v1\/(token-is-set|units)$/, why: 'about who asks' },
]

/** Whoever may ask for a letter, or begin to log in, leaves a one-time secret with whom it is for. */
export const TRACES = [
  'POST /auth/send-otp',
  'POST /auth/forget-password',
  'GET /imsg-service/v1/login',
  'GET /imsg-service/v1/org/:org/login',
]
