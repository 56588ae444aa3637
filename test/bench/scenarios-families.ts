/** What is asked most of the gateway, account, devices and admin families. */
import { enter, makeKey, withKey } from '../support/account.ts'
import { manager } from '../support/devices.ts'
import { browserOf, logInAtGateway, SERVICE } from '../support/gateway.ts'
import { headersV1 } from '../support/signatures.ts'
import { makeWorld } from '../support/world.ts'
import type { Scenario } from './load.ts'
import { SECRETS } from './seed.ts'
import { expectOk, type Target, VARIABLES } from './target.ts'

export async function otherFamilies(target: Target, anybody: () => string): Promise<Scenario[]> {
  const { app } = target
  const world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] } })
  const browser = browserOf(app)
  await logInAtGateway(browser, world)
  const cookie = { cookie: `imidToken=${browser.cookies.get('imidToken')}` }
  const key = await makeKey(app, world)
  const account = await enter(app, key, world)
  const demoTenant = (await app.admin.get<{ items: { id: string }[] }>('/v1/tenants?key=demo')).body.items[0]?.id
  const demoKey = await makeKey(app, { tenant: { id: demoTenant ?? '', key: 'demo' } })
  const application = manager(app, world.client)
  await application.add(['phone'])
  const device = `/management/has_registered_mobile_device/${application.clientId}/phone`

  const get = (route: string, path: string, headers: () => Record<string, string>): Scenario => ({
    route: `GET ${route}`,
    ask: () => expectOk(target, path, { headers: headers() }).then(() => true),
  })
  return [
    get('/imsg-service/v1/token-is-set', '/imsg-service/v1/token-is-set', () => cookie),
    get('/imsg-service/v1/units', '/imsg-service/v1/units', () => cookie),
    {
      route: 'POST /v1/auth/login',
      async ask() {
        const body = { username: anybody(), password: SECRETS.DEMO_PASSWORD }
        await expectOk(target, '/v1/auth/login', { body, headers: withKey(demoKey) })
        return true
      },
    },
    get('/v1/auth/user', '/v1/auth/user', () => account),
    get('/management/has_registered_mobile_device', device, () => headersV1(app, application, device)),
    get('/v1/users', `/v1/users?tenantId=${demoTenant}&limit=50`, () => ({ 'x-api-key': VARIABLES.ADMIN_API_KEY })),
  ]
}
