/** Something to log in to on the first day: one tenant, one role, one client, one user. */
import type { AdminApi } from './admin-api.ts'

interface Secrets {
  DEMO_CLIENT_SECRET: string
  DEMO_PASSWORD: string
}

export const DEMO = { tenant: 'demo', role: 'member', clientId: 'demo-web', username: 'demo' } as const

/** Makes what is missing; what is there stays as it is. */
export async function seedDemo(api: AdminApi, { DEMO_CLIENT_SECRET, DEMO_PASSWORD }: Secrets): Promise<void> {
  const { tenant, clientId, username } = DEMO
  const { id: tenantId } = await api.ensure('/v1/tenants', { key: tenant }, { name: 'Demo' })
  const [role, user] = await Promise.all([
    api.ensure('/v1/roles', { tenantId, name: DEMO.role }, { permissions: ['ViewLoginActivity'] }),
    api.ensure(
      '/v1/users',
      { username },
      {
        password: DEMO_PASSWORD,
        email: 'demo@example.com',
        emailVerified: true,
        firstName: 'Demo',
        lastName: 'User',
        defaultTenantId: tenantId,
      },
    ),
    api.ensure(
      '/v1/clients',
      { clientId },
      {
        name: 'Demo',
        clientSecret: DEMO_CLIENT_SECRET,
        defaultTenantId: tenantId,
        redirectUrl: 'http://localhost:3000/login/success',
        origins: ['http://localhost:3000'],
      },
    ),
  ])
  await api.ensure(`/v1/users/${user.id}/memberships`, { tenantId }, { roleId: role.id })
}

/** The first login by hand: three lines for a shell, to be pasted one after the other. */
export function demoGuide(address: string, { DEMO_CLIENT_SECRET, DEMO_PASSWORD }: Secrets): string {
  const { tenant, clientId, username } = DEMO
  const credentials = { client_id: clientId, client_secret: DEMO_CLIENT_SECRET, username, password: DEMO_PASSWORD }
  const post = (path: string, body: string) =>
    `curl -s ${address}${path} -H 'content-type: application/json' -d ${body}`
  const pick = (name: string) => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`
  return `
  Gatehouse serves ${address}; Ctrl-C stops it.

    API documentation   ${address}/docs
    mail and SMS sent   ${address}/dev/outbox
    operator's API key  ADMIN_API_KEY in .dev.vars

    demo tenant    ${tenant}
    demo client    ${clientId}   ${DEMO_CLIENT_SECRET}
    demo user      ${username}       ${DEMO_PASSWORD}

  Log in for a code, turn it into tokens, and ask who they are about:

CODE=$(${post('/auth/login', `'${JSON.stringify(credentials)}'`)} | ${pick('code')}); echo "$CODE"
TOKEN=$(${post('/auth/token', `'{"clientId":"${clientId}","code":"'"$CODE"'"}'`)} | ${pick('accessToken')}); echo "$TOKEN"
curl -s ${address}/auth/me -H "Authorization: Bearer $TOKEN"
`
}
