/** Where random requests are sent: tenants with everything in them, and every credential, made anew when it is spent. */
import { setTimeout as sleep } from 'node:timers/promises'
import { logIn, withKey } from './account.ts'
import type { Answer, App, Message } from './ask.ts'
import { furnish, namedParts } from './belongings.ts'
import { browserOf, locationOf, logInAtGateway, SERVICE, startLogin } from './gateway.ts'
import type { Route } from './routes.ts'
import type { Sample } from './samples.ts'
import { headersV1 } from './signatures.ts'
import { bearer, getCode, getTokens, makeWorld, type World } from './world.ts'

/** What proves something by being known: members of the sample that it stands in for, and headers. */
interface Proof {
  members?: Record<string, string>
  headers?: Record<string, string>
}

const ADMIN = /^\w+ \/v1\/(?!auth\/)/
const ONLY_READS = ['GET', 'HEAD', 'OPTIONS']
const CHANGES_PASSWORD = /^(PATCH \/auth\/(change|reset)-password|(GET|POST) \/reset-password|.*verify-reset)/

export type Ground = Awaited<ReturnType<typeof prepareGround>>

export async function prepareGround(app: App) {
  const world = await makeWorld(app, { tenant: { callbackUrls: [SERVICE], signUp: { mode: 'open' } } })
  /** What may be changed and removed, without the others' credentials being lost. */
  const spare = await makeWorld(app)
  /** Whose person changes the password all the time. */
  const changing = await makeWorld(app)
  const [own, other] = [await furnish(app, world), await furnish(app, spare)]
  const kept = new Map<() => Promise<Proof>, Promise<Proof>>()

  function worldFor({ name }: Route, method: string): World {
    if (CHANGES_PASSWORD.test(name)) return changing
    return ADMIN.test(name) && !ONLY_READS.includes(method) ? spare : world
  }

  async function latest(to: string, ask: () => Promise<Answer<unknown>>): Promise<Message | undefined> {
    const count = (await app.outbox(to, 0)).length
    await app.rows('delete from throttles')
    await ask()
    for (let tries = 0; tries < 20; tries++) {
      const messages = await app.outbox(to, 0)
      if (messages.length > count || messages.length >= 100) return messages[0]
      await sleep(50)
    }
    return undefined
  }

  const tokenOf = (message: Message | undefined) => new URL(message?.links[0] ?? 'x:').searchParams.get('token') ?? ''
  const caller = ({ client }: World) => ({ client_id: client.clientId, client_secret: client.clientSecret })

  const pair = async (of: World): Promise<Proof> => {
    const tokens = await getTokens(app, of)
    return { members: { refreshToken: tokens.refreshToken }, headers: bearer(tokens) }
  }

  const flow = async (): Promise<Proof> => {
    const browser = browserOf(app)
    return { members: { flow: await startLogin(browser, world) }, headers: { cookie: cookieOf(browser) } }
  }

  const arrived = async (): Promise<Proof> => {
    const browser = browserOf(app)
    const flow = await startLogin(browser, world)
    const { username, password } = world.user
    const posted = await browser.visit('POST', '/login/password', { flow, username, password })
    const query = new URL(locationOf(posted), 'http://x').searchParams
    return { members: Object.fromEntries(query), headers: { cookie: cookieOf(browser) } }
  }

  const signUp = async (): Promise<Proof> => {
    const email = `new.${crypto.randomUUID()}@example.com`
    const data = { tenant: world.tenant.key }
    const token = tokenOf(await latest(email, () => app.post('/auth/sign-up/create-token', { email, data })))
    return { members: { token, email, authorization: `Bearer ${token}` } }
  }

  const reset = async (): Promise<Proof> => {
    await app.admin.post(`/v1/users/${changing.user.id}/password`, { password: changing.user.password })
    const body = { ...caller(changing), username: changing.user.username }
    return {
      members: { token: tokenOf(await latest(changing.user.email, () => app.post('/auth/forget-password', body))) },
    }
  }

  const registration = async (): Promise<Proof> => {
    const { clientId } = world.client
    const signed = (path: string) => headersV1(app, world.client, path)
    const add = `/management/add_users/${clientId}`
    await app.post(add, { users: ['ada'] }, signed(add))
    const lost = `/management/lost_user_mobile_device/${clientId}/ada`
    const { body } = await app.get<{ register_url: string }>(lost, signed(lost))
    return { members: { token: new URL(body.register_url).searchParams.get('token') ?? '' } }
  }

  const otp = async (): Promise<Proof> => {
    const { email, username } = world.user
    const body = { ...caller(world), key: username }
    return { members: { otp: (await latest(email, () => app.post('/auth/send-otp', body)))?.code ?? '' } }
  }

  const changer = async () => {
    await app.admin.post(`/v1/users/${changing.user.id}/password`, { password: changing.user.password })
    return pair(changing)
  }

  const PROOFS: [RegExp, () => Promise<Proof>][] = [
    [/change-password/, changer],
    [/reset-password/, reset],
    [/sign-up\/(verify-token|create-user)|(GET|POST) \/sign-up$/, signUp],
    [/register-device/, registration],
    [/verify-otp/, otp],
    [/ (\/auth\/token$|.*qr-code)/, async () => ({ members: { code: await getCode(app, world) } })],
    [/\/callback$/, arrived],
    [/ \/login/, flow],
    [/token-refresh/, () => pair(world)],
  ]

  const DOORS: Partial<Record<string, () => Promise<Proof>>> = {
    bearer: () => pair(world),
    async session() {
      const browser = browserOf(app)
      await logInAtGateway(browser, world)
      return { headers: { cookie: cookieOf(browser) } }
    },
    async member() {
      const { body } = await logIn(app, own.key, world)
      return { headers: withKey(own.key, body.token) }
    },
    tenantKey: async () => ({ headers: { 'x-api-key': own.key } }),
  }

  const proofFor = (route: Route) =>
    PROOFS.find(([names]) => names.test(route.name))?.[1] ?? DOORS[route.doors[0] ?? '']

  return {
    app,
    worldFor,
    /** The ids for the named parts of a route. */
    ownIds(route: Route, method: string, { params = {} }: Sample): string[] {
      const { ids } = worldFor(route, method) === spare ? other : own
      const { client, tenant } = world
      const byName: Record<string, string> = {
        applicationId: client.clientId,
        userId: 'ada',
        provider: 'google',
        org: tenant.key,
      }
      return namedParts(route).map(
        ({ before, name }) => params[name] ?? ids[before] ?? byName[name] ?? crypto.randomUUID(),
      )
    },
    /** Good until it is spent. */
    async prove(route: Route, method: string): Promise<Proof> {
      if (route.doors[0] === 'apiKey')
        return { headers: { 'x-api-key': worldFor(route, method) === spare ? other.key : own.key } }
      const make = proofFor(route)
      if (!make) return {}
      const proof = kept.get(make) ?? make()
      kept.set(make, proof)
      return proof
    },
    /** By its answer, whether the proof may be spent; the next one is made anew. */
    settle(route: Route, method: string, status: number): void {
      const spent =
        status < 400 ? method !== 'GET' || route.name.endsWith('/callback') : [401, 403, 410].includes(status)
      const make = proofFor(route)
      if (spent && make) kept.delete(make)
    },
    sign: (path: string) => headersV1(app, world.client, path),
  }
}

const cookieOf = ({ cookies }: ReturnType<typeof browserOf>) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
