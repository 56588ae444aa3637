/** Tenants, and what belongs to them alone: units and roles. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { refused, refusedFields } from '../support/problems.ts'
import { bearer, create, getTokens, makeWorld, type World } from '../support/world.ts'

let app: App
let world: World

before(async () => {
  app = await startApp()
  world = await makeWorld(app)
})

let made = 0
const newKey = () => `made-${process.pid}-${made++}`
const tenantPath = () => `/v1/tenants/${world.tenant.id}`

interface Resource {
  id: string
  [member: string]: unknown
}

describe('a tenant', () => {
  test('needs a key and a name; the rest has defaults', async () => {
    const key = newKey()
    const { status, body, headers } = await app.admin.post<Resource>('/v1/tenants', { key, name: 'Acme' })
    assert.equal(status, 201)
    assert.equal(headers.get('location'), `/v1/tenants/${body.id}`)
    const { id, createdAt, updatedAt, ...rest } = body
    assert.match(String(createdAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.equal(updatedAt, createdAt)
    assert.deepEqual(rest, {
      key,
      name: 'Acme',
      status: 'active',
      loginMethods: ['password', 'otp', 'social', 'sso', 'passkey'],
      signUp: { mode: 'off', roleId: null, emailDomains: [] },
      secondFactor: 'off',
      callbackUrls: [],
      branding: { name: 'Acme', logoUrl: null, color: '#0b5fff' },
      locale: 'en',
    })
    assert.deepEqual((await app.admin.get(`/v1/tenants/${id}`)).body, body)
    refusedFields(await app.admin.post('/v1/tenants', {}), 'key', 'name')
  })

  test('has a key of its own: of two made at once one is refused', async () => {
    const key = newKey()
    const make = () => app.admin.post('/v1/tenants', { key, name: 'Acme' })
    const statuses = (await Promise.all([make(), make()])).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), [201, 409])
    refused(await make(), 409)
  })

  test('is changed by what is given, one level deep', async () => {
    const { body } = await app.admin.patch<Resource>(tenantPath(), {
      branding: { color: '#333333' },
      signUp: { roleId: world.role.id },
    })
    assert.deepEqual(body['branding'], { name: 'Acme', logoUrl: null, color: '#333333' })
    assert.deepEqual(body['signUp'], { mode: 'off', roleId: world.role.id, emailDomains: [] })
    const again = await app.admin.patch<Resource>(tenantPath(), { signUp: { mode: 'open', roleId: null } })
    assert.deepEqual(again.body['signUp'], { mode: 'open', roleId: null, emailDomains: [] })
    assert.equal(again.body['name'], 'Acme')
  })

  test('refuses what cannot be, and says of each field why', async () => {
    const bad = {
      key: 'Not A Key',
      status: 'closed',
      loginMethods: ['magic'],
      signUp: { mode: 'domains', emailDomains: ['not a domain'], when: 'now' },
      secondFactor: 'sometimes',
      callbackUrls: [
        'http://app.example',
        'javascript:alert(1)',
        'https://user:word@app.example',
        'https://a.example/#x',
      ],
      branding: { logoUrl: 'ftp://a.example', color: 'blue' },
      locale: 'not a locale',
      more: true,
    }
    refusedFields(
      await app.admin.patch(tenantPath(), bad),
      'key',
      'status',
      'loginMethods.0',
      'signUp.emailDomains.0',
      'signUp.when',
      'secondFactor',
      ...[0, 1, 2, 3].map((at) => `callbackUrls.${at}`),
      'branding.logoUrl',
      'branding.color',
      'locale',
      'more',
    )
    refusedFields(await app.admin.patch(tenantPath(), { signUp: { mode: 'domains' } }), 'signUp.emailDomains')
    refusedFields(await app.admin.patch(tenantPath(), { branding: { color: '#ffcc00' } }), 'branding.color')
    const elsewhere = await makeWorld(app)
    for (const roleId of [elsewhere.role.id, 'nothing'])
      refusedFields(await app.admin.patch(tenantPath(), { signUp: { roleId } }), 'signUp.roleId')
  })

  test('that is removed takes its own with it, and leaves people and clients', async () => {
    const gone = await makeWorld(app)
    const tokens = await getTokens(app, gone)
    for (const _ of ['once', 'again']) {
      const { status, text } = await app.admin.delete(`/v1/tenants/${gone.tenant.id}`)
      assert.equal(status, 204)
      assert.equal(text, '')
    }
    refused(await app.admin.get(`/v1/tenants/${gone.tenant.id}`), 404)
    refused(await app.admin.get(`/v1/roles/${gone.role.id}`), 404)
    assert.equal((await app.get('/auth/me', bearer(tokens))).status, 401)
    for (const path of [`/v1/users/${gone.user.id}`, `/v1/clients/${gone.client.id}`])
      assert.equal((await app.admin.get(path)).body['defaultTenantId'], null)
  })
})

describe('a unit', () => {
  test('has a name of its own in its tenant', async () => {
    const path = `${tenantPath()}/units`
    const unit = await create<Resource>(app, path, { name: 'news' })
    assert.equal(unit['description'], '')
    refused(await app.admin.post(path, { name: 'news' }), 409)
    const elsewhere = await makeWorld(app)
    await create(app, `/v1/tenants/${elsewhere.tenant.id}/units`, { name: 'news' })
    refused(await app.admin.get(`/v1/tenants/${elsewhere.tenant.id}/units/${unit.id}`), 404)

    const changed = await app.admin.patch(`${path}/${unit.id}`, { description: 'The newsroom' })
    assert.equal(changed.body['name'], 'news')
    assert.equal(changed.body['description'], 'The newsroom')
    assert.equal((await app.admin.delete(`${path}/${unit.id}`)).status, 204)
    refused(await app.admin.get(`${path}/${unit.id}`), 404)
    refused(await app.admin.post('/v1/tenants/nothing/units', { name: 'news' }), 404)
  })
})

describe('a role', () => {
  test('has a name of its own in its tenant, which must exist', async () => {
    const fields = { tenantId: world.tenant.id, name: 'reader' }
    const role = await create<Resource>(app, '/v1/roles', fields)
    assert.deepEqual(role['permissions'], [])
    refused(await app.admin.post('/v1/roles', fields), 409)
    refusedFields(await app.admin.post('/v1/roles', { ...fields, tenantId: 'nothing' }), 'tenantId')
    refusedFields(await app.admin.patch(`/v1/roles/${role.id}`, { tenantId: world.tenant.id }), 'tenantId')
    const { body } = await app.admin.patch(`/v1/roles/${role.id}`, { permissions: ['P1'] })
    assert.deepEqual([body['name'], body['permissions']], ['reader', ['P1']])
  })

  test('stays while it is in use', async () => {
    refused(await app.admin.delete(`/v1/roles/${world.role.id}`), 409)
    const role = await create<Resource>(app, '/v1/roles', { tenantId: world.tenant.id, name: 'newcomer' })
    await app.admin.patch(tenantPath(), { signUp: { roleId: role.id } })
    refused(await app.admin.delete(`/v1/roles/${role.id}`), 409)
    await app.admin.patch(tenantPath(), { signUp: { roleId: null } })
    assert.equal((await app.admin.delete(`/v1/roles/${role.id}`)).status, 204)
    refused(await app.admin.get(`/v1/roles/${role.id}`), 404)
  })
})
