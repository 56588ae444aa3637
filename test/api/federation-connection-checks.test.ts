import { before, describe, test } from 'node:test'
import { exportPKCS8, generateKeyPair } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { assertIssue, type Connection } from '../support/federation.ts'
import { create, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

const google = { kind: 'google', name: 'Google', clientId: 'an id', clientSecret: 'a secret of the provider' }
const make = (connection: object) => app.admin.post<Connection>('/v1/connections', connection)
const made = (connection: object) => create<Connection>(app, '/v1/connections', connection)

describe('a connection that could not work is refused', () => {
  const cases: [string, object, string][] = [
    ['without an id at the provider', { ...google, clientId: undefined }, 'clientId'],
    ['without the issuer that its kind needs', { ...google, kind: 'keycloak' }, 'issuer'],
    ['with an issuer that is no URL', { ...google, issuer: 'accounts.google.com' }, 'issuer'],
    [
      'with credentials in an endpoint',
      { ...google, endpoints: { token: 'https://a:b@idp.example' } },
      'endpoints.token',
    ],
    [
      'with an endpoint of another name',
      { ...google, endpoints: { nonsense: 'https://idp.example' } },
      'endpoints.nonsense',
    ],
    [
      'with an endpoint that is a script',
      { ...google, endpoints: { authorization: 'javascript:alert(1)' } },
      'endpoints.authorization',
    ],
    ['of an unknown kind', { ...google, kind: 'myspace' }, 'kind'],
    ['of no kind', { ...google, kind: undefined }, 'kind'],
    ['with a member too many', { ...google, secret: 'x' }, 'secret'],
    [
      'with SAML settings and another kind',
      { ...google, saml: { entityId: 'x', ssoUrl: 'https://x.example', certificates: [] } },
      'saml.certificates',
    ],
    ['with SAML as its kind and no settings', { kind: 'saml', name: 'x' }, 'saml'],
    ['with scopes that are no scopes', { ...google, scopes: ['open id'] }, 'scopes.0'],
    ['with a signer that is not for its kind', { ...google, apple: { teamId: 't', keyId: 'k' } }, 'clientSecret'],
    ['with a tenant that is not there', { ...google, tenantId: 'nobody' }, 'tenantId'],
  ]
  for (const [what, connection, path] of cases) test(what, async () => assertIssue(await make(connection), path))

  test('for Apple with something else than the key that signs', async () => {
    const apple = { kind: 'apple', name: 'Apple', clientId: 'an id', apple: { teamId: 't', keyId: 'k' } }
    const rsa = await generateKeyPair('RS256', { extractable: true })
    for (const clientSecret of ['no key', undefined, await exportPKCS8(rsa.privateKey)])
      assertIssue(await make({ ...apple, clientSecret }), 'clientSecret')
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const { id } = await made({ ...apple, clientSecret: await exportPKCS8(privateKey) })
    assertIssue(await app.admin.patch<Connection>(`/v1/connections/${id}`, { clientSecret: 'no key' }), 'clientSecret')
    assertIssue(
      await app.admin.patch<Connection>(`/v1/connections/${id}`, { apple: { teamId: 'u', keyId: 'l' } }),
      'clientSecret',
    )
  })

  test('with a role that the tenant does not have; a shared one may name any', async () => {
    const groupRoles = { admins: 'no such role' }
    assertIssue(await make({ ...google, tenantId: world.tenant.id, groupRoles }), 'groupRoles.admins')
    const { id } = await made({ ...google, groupRoles })
    await app.admin.delete(`/v1/connections/${id}`)
    await made({ ...google, tenantId: world.tenant.id, groupRoles: { admins: world.role.id, others: world.role.name } })
  })

  test('by a change too', async () => {
    const { id } = await made({ ...google, tenantId: world.tenant.id })
    const patch = (changes: object) => app.admin.patch<Connection>(`/v1/connections/${id}`, changes)
    assertIssue(await patch({ clientId: null }), 'clientId')
    assertIssue(await patch({ issuer: 'ftp://idp.example' }), 'issuer')
    assertIssue(await patch({ kind: 'azure' }), 'kind')
    assertIssue(await patch({ tenantId: null }), 'tenantId')
  })
})
