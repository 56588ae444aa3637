/** What an import does to tenants that are there, and that the service sees at once what it brings. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { organisation } from '../support/organisation.ts'
import { create, makeWorld } from '../support/world.ts'

let app: App
before(async () => {
  app = await startApp()
})

async function send(...lines: object[]): Promise<string[]> {
  const { status, body, text } = await app.admin.post<{ results: { outcome: string }[] }>('/v1/import', { lines })
  assert.equal(status, 200, text)
  return body.results.map(({ outcome }) => outcome)
}

describe('the role for sign-ups', () => {
  const signUpRole = async (tenantId: string) =>
    (await app.admin.get<{ signUp: { roleId: string | null } }>(`/v1/tenants/${tenantId}`)).body.signUp.roleId
  const changesOf = async (tenantId: string) => {
    const query = new URLSearchParams({ tenantId, action: 'tenant.update' })
    return (await app.admin.get<{ items: { targetId: string }[] }>(`/v1/audit?${query}`)).body.items.length
  }
  const roleFor = (tenantId: string, name: string) => ({ type: 'role', tenantId, name, forSignUp: true })
  const named = async (tenantId: string) =>
    (await app.rows('select name from roles where id = ?', (await signUpRole(tenantId)) ?? ''))[0]?.['name']

  test('is given to a tenant that has none, and the audit says that the tenant was changed', async () => {
    const { id } = await create<{ id: string }>(app, '/v1/tenants', { key: organisation().tag, name: 'Here' })
    assert.deepEqual(await send(roleFor(id, 'guest'), roleFor(id, 'admin')), ['created', 'created'])
    assert.equal(await named(id), 'guest', 'of two lines the first')
    assert.equal(await changesOf(id), 1)
    await send(roleFor(id, 'guest'))
    assert.equal(await changesOf(id), 1)
  })

  test('of a tenant that has one stays, whoever would sign up with more', async () => {
    const { tenant, role } = await makeWorld(app)
    await app.admin.patch(`/v1/tenants/${tenant.id}`, { signUp: { roleId: role.id } })
    const before = await changesOf(tenant.id)
    assert.deepEqual(await send(roleFor(tenant.id, 'admin')), ['created'])
    assert.equal(await signUpRole(tenant.id), role.id)
    assert.equal(await changesOf(tenant.id), before)
  })
})

describe('what an import has brought', () => {
  test('is in the state that the gateway tells at once, tenants and their roles', async () => {
    const checksum = async () => (await app.get('/imsg-service/v1/health')).body['stateChecksum']
    const { lines } = organisation()
    const before = await checksum()
    await send(lines[0] ?? {})
    assert.notEqual(await checksum(), before)
  })

  test('is believed at once, the origin of a client too', async () => {
    const origin = `https://${organisation().tag}.example`
    const isAllowed = async () =>
      (await app.get('/health', { origin })).headers.get('access-control-allow-origin') === origin
    assert.equal(await isAllowed(), false)
    await send({ type: 'client', clientId: origin.slice(8), name: 'Web', origins: [origin] })
    assert.equal(await isAllowed(), true)
  })
})
