/** What each route would take from somebody who may: samples.ts, and what asks first who is there. */
import { randomBytes } from 'node:crypto'
import type { Route } from './routes.ts'
import { type Sample, sampleOf } from './samples.ts'
import type { World } from './world.ts'

const tag = () => randomBytes(5).toString('hex')

const FRAME = { description: 'A description', name: 'A name' }

const TENANT = {
  name: 'Acme',
  status: 'active',
  loginMethods: ['password', 'otp', 'social', 'sso', 'passkey'],
  signUp: { mode: 'domains', roleId: null, emailDomains: ['acme.example'] },
  secondFactor: 'off',
  callbackUrls: ['https://service.example/app'],
  branding: { name: 'Acme', logoUrl: 'https://acme.example/logo.png', color: '#0b5fff' },
  locale: 'en',
}

const CLIENT = {
  name: 'Web',
  type: 'confidential',
  status: 'active',
  redirectUrl: 'https://app.example/login/success',
  redirectUris: ['https://app.example/other'],
  origins: ['https://app.example'],
  accessTokenExpiration: 900,
  refreshTokenExpiration: 86_400,
  authCodeExpiration: 180,
  signatureVersions: [1, 2],
}

const PROFILE = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  title: 'Countess',
  birthDate: '1815-12-10',
  image: 'data:image/png;base64,AAAA',
  country: 'England',
  mobile: '+4612345',
  phoneNumber: '+4612345',
}

const SETTING = { category: 'ui', group: 'list', name: 'rows', value: '20', type: 'int', description: '' }

const USER = {
  ...PROFILE,
  email: 'ada@example.com',
  emailVerified: true,
  phone: '+4612345',
  locale: 'en',
  authProvider: 'internal',
  clientIds: null,
  status: 'active',
  notes: 'Notes',
  rank: 1,
  customerId: 2,
  settings: [{ ...SETTING, readOnly: false }],
}

const MEMBERSHIP = { status: 1, units: [], permissions: { allow: ['P9'], deny: ['P1'] } }

const CONNECTION = {
  name: 'Own',
  clientId: 'c',
  clientSecret: 's'.repeat(16),
  issuer: 'https://login.acme.example',
  endpoints: { token: 'https://login.acme.example/token' },
  scopes: ['openid'],
  groupRoles: { admins: 'editor' },
  allowUnsolicited: false,
  status: 'active',
}

const API_KEY = { ...FRAME, expireDate: '2099-01-01T00:00:00Z' }

const GOOD: Record<string, (world: World) => Sample> = {
  'POST /v1/tenants': () => ({ body: { key: `t-${tag()}`, ...TENANT } }),
  'PATCH /v1/tenants/:id': () => ({ body: TENANT }),
  'POST /v1/tenants/:tenantId/units': () => ({ body: { ...FRAME, name: `unit ${tag()}` } }),
  'PATCH /v1/tenants/:tenantId/units/:id': () => ({ body: { description: 'Another' } }),
  'POST /v1/roles': ({ tenant }) => ({
    body: { tenantId: tenant.id, name: `role ${tag()}`, permissions: ['ViewLoginActivity'] },
  }),
  'PATCH /v1/roles/:id': () => ({ body: { permissions: ['ViewLoginActivity', 'P1'] } }),
  'POST /v1/clients': ({ tenant }) => ({
    body: { ...CLIENT, clientId: `c-${tag()}`, clientSecret: tag().repeat(3), defaultTenantId: tenant.id },
  }),
  'PATCH /v1/clients/:id': () => ({ body: CLIENT }),
  'POST /v1/clients/:id/secret': () => ({ body: { overlapSeconds: 3600 } }),
  'POST /v1/users': ({ tenant }) => ({ body: { ...USER, username: `u-${tag()}`, defaultTenantId: tenant.id } }),
  'PATCH /v1/users/:id': () => ({ body: USER }),
  'POST /v1/users/:id/password': () => ({ body: { password: `another good ${tag()}`, mustChange: false } }),
  'POST /v1/users/:id/second-factor': () => ({ body: { required: false } }),
  'POST /v1/users/:userId/memberships': ({ tenant, role }) => ({
    body: { tenantId: tenant.id, roleId: role.id, ...MEMBERSHIP },
  }),
  'PATCH /v1/users/:userId/memberships/:id': () => ({ body: MEMBERSHIP }),
  'POST /v1/connections': ({ tenant }) => ({ body: { ...CONNECTION, tenantId: tenant.id, kind: 'oidc' } }),
  'PATCH /v1/connections/:id': () => ({ body: CONNECTION }),
  'POST /v1/api-keys': ({ tenant }) => ({ body: { ...API_KEY, tenantId: tenant.id, permissions: 1 } }),
  'PATCH /v1/api-keys/:id': () => ({ body: API_KEY }),
  'GET /v1/audit': () => ({ query: { action: 'user.create', from: '2020-01-01T00:00:00Z' } }),

  'POST /v1/import': ({ tenant, user, role }) => ({
    body: {
      dryRun: true,
      lines: [
        { type: 'tenant', key: `t-${tag()}`, ...TENANT },
        { type: 'unit', tenantId: tenant.id, ...FRAME },
        { type: 'role', tenantId: tenant.id, name: `role ${tag()}` },
        { type: 'user', username: `u-${tag()}`, profile: { title: 'Countess' } },
        { type: 'membership', userId: user.id, tenantId: tenant.id, roleId: role.id },
        { type: 'identity', userId: user.id, kind: 'google', subject: tag() },
      ],
    },
  }),

  'POST /v1/auth/login': ({ user }) => ({ body: { username: user.username, password: user.password, otp: '' } }),
  'POST /v1/auth/logout': () => ({ body: {} }),
  'POST /v1/auth/user': () => ({ body: { user: { ...PROFILE, settings: [{ ...SETTING, id: 1 }] } } }),

  ...Object.fromEntries(
    ['/management', ''].flatMap((prefix) => [
      [`POST ${prefix}/add_users/:applicationId`, () => ({ body: { users: ['ada', 'grace'] } })],
      [`POST ${prefix}/delete_users/:applicationId`, () => ({ body: { users: ['nobody'] } })],
    ]),
  ),
  'POST /devices/challenge': () => ({ body: { deviceId: 'device' } }),

  'GET /imsg-service/v1/login': ({ tenant }) => ({
    query: { org: tenant.key, callback: 'https://service.example/app' },
  }),
  'GET /imsg-service/v1/org/:org/login': ({ tenant }) => ({
    params: { org: tenant.key },
    query: { callback: 'https://service.example/app' },
  }),
  'POST /imsg-service/v1/logout': () => ({ query: { callback: 'https://service.example/app' } }),
  'POST /login/password': ({ user }) => ({
    form: { flow: 'flow', username: user.username, password: user.password },
  }),
  'POST /login/send-code': ({ user }) => ({ form: { flow: 'flow', username: user.username } }),
  'POST /login/code': () => ({ form: { flow: 'flow', code: '123456' } }),
  'POST /login/factor': () => ({ form: { flow: 'flow', code: '123456' } }),
  'POST /login/forgot': ({ user }) => ({ form: { flow: 'flow', username: user.username } }),
  'POST /login/sign-up': () => ({ form: { flow: 'flow', email: `new.${tag()}@acme.example` } }),
  'POST /login/passkey': () => ({ form: { flow: 'flow', response: '{"id":"x","type":"public-key"}' } }),
  'POST /login/enrol': () => ({ form: { flow: 'flow', code: '123456' } }),
  'POST /login/continue': () => ({ form: { flow: 'flow' } }),
  'GET /login/provider': () => ({ query: { flow: 'flow', connection: 'connection' } }),
  'GET /login/enrol': () => ({ query: { flow: 'flow' } }),
  'GET /login': () => ({ query: { flow: 'flow' } }),
  'GET /login/code': () => ({ query: { flow: 'flow' } }),
  'GET /login/factor': () => ({ query: { flow: 'flow' } }),
  'GET /reset-password': () => ({ query: { token: 'token', ui_locales: 'sv en' } }),
  'POST /reset-password': () => ({ form: { token: 'token', password: 'another good one 1' } }),
  'GET /sign-up': () => ({ query: { token: 'token', ui_locales: 'sv en' } }),
  'POST /sign-up': () => ({
    form: { token: 'token', password: 'another good one 1', firstName: 'Ada', lastName: 'Lovelace' },
  }),
  'GET /register-device': () => ({ query: { token: 'token', ui_locales: 'sv en' } }),

  'POST /auth/sign-up/create-token': ({ tenant }) => ({
    body: { email: `new.${tag()}@acme.example`, data: { tenant: tenant.key, locale: 'en' } },
  }),
  'POST /auth/passkey-login/options': () => ({ body: {} }),
  'GET /auth/saml/metadata': () => ({ query: { connection: 'connection' } }),
  'GET /login-activity': () => ({
    query: { filter: '{"where":{"loginType":"ACCESS","loginTime":{"gt":"2020-01-01T00:00:00Z"}},"limit":5}' },
  }),
  'GET /login-activity/count': () => ({ query: { where: '{"or":[{"actor":"a"},{"deviceInfo":{"like":"%x"}}]}' } }),
  'GET /active-users/:range': () => ({
    params: { range: 'daily' },
    query: { startDate: '2026-01-01T00:00:00Z', endDate: '2026-02-01T00:00:00Z' },
  }),
  'GET /dev/outbox': () => ({ query: { to: 'ada@example.com' } }),
  'GET /docs/:file': () => ({ params: { file: 'swagger-ui.css' } }),
  'GET /scripts/:file': () => ({ params: { file: 'register-device.js' } }),
}

export const goodRequestOf = (route: Route, world: World): Sample => GOOD[route.name]?.(world) ?? sampleOf(route, world)
